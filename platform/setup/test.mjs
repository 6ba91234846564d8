// `npm test`: set-up, the type check, every vitest project; ends with one plain line for people and machines.
// `npm test -- --project unit FILE…` passes its arguments on to vitest; then the type check is left out.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { root } from './paths.mjs';
import { runShown } from './processes.mjs';
import { exitWithFailure, say } from './report.mjs';
import { summaryLine } from './summary.mjs';
import { checkTypes } from './types.mjs';

function readCounts(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    // A file that fails before its first test (a syntax error, a failed beforeAll) has no failed test of its own.
    const brokenFiles = report.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
    );
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenFiles.length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return undefined;
  }
}

async function runVitest({ node, env }, args) {
  const folder = mkdtempSync(join(tmpdir(), 'chung-test-report-'));
  const file = join(folder, 'report.json');
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await runShown(node, [vitest, 'run', '--passWithNoTests=false', ...reporters, ...args], { env });
    const counts = readCounts(file) ?? { passed: 0, failed: 0, skipped: 0 };
    // An error outside any test (global set-up, an unhandled rejection) is a failure as well.
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function test() {
  const args = process.argv.slice(2);
  const runtime = await bootstrap();
  const total = { passed: 0, failed: 0, skipped: 0 };
  if (args.length === 0) {
    say('• Checking types …');
    const types = await checkTypes(runtime);
    process.stdout.write(types.report);
    total.passed += types.passed;
    total.failed += types.failed;
  }
  const counts = await runVitest(runtime, args);
  if (counts.passed + counts.failed === 0) {
    process.stderr.write('chung: no test was executed, which counts as a failure.\n');
    counts.failed = 1;
  }
  for (const key of Object.keys(total)) total[key] += counts[key];
  say(summaryLine(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
}

test().catch(exitWithFailure);
