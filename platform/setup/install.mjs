// Installs the packages of the lock file, without their install scripts: some download.
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './paths.mjs';
import { runLogged } from './processes.mjs';
import { logPath, SetupError, say } from './report.mjs';
import { hashFiles, isStamped, stamp } from './stamps.mjs';

const lockFile = join(root, 'package-lock.json');

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * True when npm's own record of what it installed has every package of the lock file in the same version: then a
 * person's own `npm ci` or `npm install` counts, and we do not empty node_modules under a running editor or server.
 */
function isInstalledAsLocked() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readJson(record).packages;
  return Object.entries(readJson(lockFile).packages).every(([path, locked]) => {
    if (path === '' || !path.startsWith('node_modules/')) return true;
    if (!installed[path]) return locked.optional === true || locked.devOptional === true || locked.peer === true;
    return installed[path].version === locked.version && installed[path].integrity === locked.integrity;
  });
}

/**
 * The command that runs npm. Not the Node that runs us when it is the pinned one: `npm ci` deletes that file first,
 * so npm must run on the system's Node.
 */
function npmCommand() {
  const isOurs = (path) => path.startsWith(join(root, 'node_modules'));
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !isOurs(folder));
  const env = { ...process.env, PATH: folders.join(delimiter) };
  const cli = process.env.npm_execpath;
  const node = [process.env.npm_node_execpath, process.execPath].find((path) => path && existsSync(path) && !isOurs(path));
  if (cli?.endsWith('.js') && existsSync(cli) && node) return { command: node, leadingArgs: [cli], env };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', leadingArgs: [], env };
}

async function install(quiet) {
  if (!quiet) say('• Installing packages (npm ci) …');
  const { command, leadingArgs, env } = npmCommand();
  const logFile = logPath('install');
  const code = await runLogged(command, [...leadingArgs, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], { logFile, env });
  if (code === 127) throw new SetupError('npm was not found on the PATH: install Node 20.19 or newer with npm 10 or newer.');
  if (code !== 0) throw new SetupError(`npm ci failed (exit code ${code}); is the npm registry reachable?`, logFile);
}

export async function ensureInstalled({ quiet = false } = {}) {
  if (!existsSync(lockFile)) throw new SetupError('package-lock.json is missing: is this a complete clone?');
  const hash = hashFiles([lockFile]);
  if (!isStamped('install', hash)) {
    if (!isInstalledAsLocked()) await install(quiet);
    stamp('install', hash);
  }
}
