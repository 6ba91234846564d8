// `npm run proof`: set-up without the web apps, then the proof of the redemptions (docs/proof.md).
import { join } from 'node:path';
import { bootstrap, nodeFlags } from './bootstrap.mjs';
import { root } from './paths.mjs';
import { runAttached } from './processes.mjs';
import { exitWithFailure } from './report.mjs';

async function proof() {
  const { node, env } = await bootstrap({ web: false });
  runAttached(node, [...nodeFlags, join(root, 'test', 'proof', 'main.ts'), ...process.argv.slice(2)], { env });
}

proof().catch(exitWithFailure);
