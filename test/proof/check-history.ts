// `node check-history.ts FOLDER`: judges a recorded history again, without the platform and without a database.
import { readHistory } from './history.ts';
import { judgeHistory } from './judge-history.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Name the folder of a history: node test/proof/check-history.ts FOLDER\n');
  process.exit(2);
}
const history = readHistory(folder);
process.stdout.write(`${history.entries.length} entries, ${history.redemptions.length} redemptions\n`);
for (const { name, checks, broken, violations } of judgeHistory(history)) {
  process.stdout.write(`${broken === 0 ? '✓' : '✗'} ${name}: ${checks} checked, ${broken} broken\n`);
  for (const violation of violations) process.stdout.write(`    ${violation}\n`);
  if (broken > 0) process.exitCode = 1;
}
