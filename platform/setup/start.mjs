// `npm start`: set-up, then the server.
import { join } from 'node:path';
import { bootstrap, nodeFlags } from './bootstrap.mjs';
import { root } from './paths.mjs';
import { runAttached } from './processes.mjs';
import { exitWithFailure } from './report.mjs';

async function start() {
  const { node, env } = await bootstrap();
  const main = join(root, 'platform', 'server', 'src', 'main.ts');
  runAttached(node, [...nodeFlags, main, ...process.argv.slice(2)], { env });
}

start().catch(exitWithFailure);
