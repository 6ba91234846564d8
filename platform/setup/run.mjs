// `node platform/setup/run.mjs [NODE FLAGS…] FILE ARGS…`: set-up without the web apps, then that TypeScript file.
import { resolve } from 'node:path';
import { bootstrap, nodeFlags } from './bootstrap.mjs';
import { root } from './paths.mjs';
import { runAttached } from './processes.mjs';
import { exitWithFailure, SetupError } from './report.mjs';

async function run() {
  const given = process.argv.slice(2);
  const flags = given.slice(
    0,
    given.findIndex((argument) => !argument.startsWith('--')),
  );
  const [file, ...args] = given.slice(flags.length);
  if (!file) throw new SetupError('name the TypeScript file to run: node platform/setup/run.mjs FILE ARGS…');
  const { node, env } = await bootstrap({ web: false });
  // npm runs scripts in the repository's root; files a person names are relative to where they stand.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  runAttached(node, [...nodeFlags, ...flags, resolve(root, file), ...args], { env, cwd });
}

run().catch(exitWithFailure);
