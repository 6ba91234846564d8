// `npm run screens [FOLDER]`: photographs every page in both languages on phone and desk, while the journeys' test looks at them.
import { join, resolve } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { root } from './paths.mjs';
import { runShown } from './processes.mjs';
import { exitWithFailure, say } from './report.mjs';

async function screens() {
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), process.argv[2] ?? join(root, 'docs', 'screens'));
  const { node, env } = await bootstrap();
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', 'journeys', 'every-page'];
  process.exitCode = await runShown(node, args, { env: { ...env, CHUNG_SCREENS: folder } });
  say(`The pictures are in ${folder}`);
}

screens().catch(exitWithFailure);
