// Builds the web apps when their sources changed; turbo caches what it built before.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFor } from './node-runtime.mjs';
import { root } from './paths.mjs';
import { runLogged } from './processes.mjs';
import { logPath, SetupError, say } from './report.mjs';
import { hashFiles, isStamped, sourceFiles, stamp } from './stamps.mjs';

const names = ['member', 'partner', 'admin'];

function webApps() {
  const all = names.map((name) => ({ name, folder: join(root, 'platform', 'web', name) }));
  return all.filter(({ folder }) => existsSync(join(folder, 'index.html')) && existsSync(join(folder, 'src', 'main.tsx')));
}

function inputsHash() {
  const isInput = (file) => !/\.test\.tsx?$|\.log$/.test(file);
  const folders = [join(root, 'platform', 'web'), join(root, 'sdk', 'contracts'), join(root, 'sdk', 'client')];
  return hashFiles([
    ...folders.flatMap((folder) => sourceFiles(folder, isInput)),
    join(root, 'package-lock.json'),
    join(root, 'turbo.json'),
  ]);
}

export async function ensureWebApps({ node, quiet = false }) {
  const apps = webApps();
  if (apps.length === 0) return;
  const hash = inputsHash();
  const isBuilt = apps.every(({ folder }) => existsSync(join(folder, 'dist', 'index.html')));
  if (isBuilt && isStamped('web', hash)) return;
  if (!quiet) say(`• Building the web apps (${apps.map(({ name }) => name).join(', ')}) …`);
  const logFile = logPath('web');
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  const filters = apps.map(({ name }) => `--filter=@chung/web-${name}`);
  const args = [turbo, 'run', 'build', ...filters, '--output-logs=new-only', '--no-daemon', '--continue'];
  const code = await runLogged(node, args, { logFile, env: environmentFor(node) });
  if (code !== 0) throw new SetupError('the web apps could not be built (turbo run build).', logFile);
  stamp('web', hash);
}
