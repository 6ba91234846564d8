// Builds the docs' site when its Markdown or its builder changed: a second or two. `npm run docs:build` builds it always.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFor } from './node-runtime.mjs';
import { root } from './paths.mjs';
import { runLogged } from './processes.mjs';
import { logPath, say } from './report.mjs';
import { hashFiles, isStamped, sourceFiles, stamp } from './stamps.mjs';

function inputsHash() {
  const isInput = (file) => /\.(md|ts|css|png)$/.test(file) && !file.endsWith('.test.ts');
  const readmes = ['sdk', 'examples'].flatMap((folder) => sourceFiles(join(root, folder), (file) => file.endsWith('README.md')));
  return hashFiles([...sourceFiles(join(root, 'docs'), isInput), ...readmes, join(root, 'package-lock.json')]);
}

/** A site that cannot be built keeps no platform from starting: it is told, and the one from before stays. */
export async function ensureDocsSite({ node, quiet = false }) {
  const hash = inputsHash();
  if (existsSync(join(root, 'docs', 'dist', 'index.html')) && isStamped('docs', hash)) return;
  if (!quiet) say('• Building the docs …');
  const logFile = logPath('docs');
  const code = await runLogged(node, [join(root, 'docs', 'site', 'build.ts')], { logFile, env: environmentFor(node) });
  if (code === 0) stamp('docs', hash);
  else say(`  The docs could not be built and are left as they were; see ${logFile}`);
}
