// Which Node runs the platform: the one pinned in package.json and installed by npm, so that it is the same everywhere.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { root } from './paths.mjs';
import { SetupError, say } from './report.mjs';

/** The oldest Node that runs TypeScript sources without a flag. */
const oldest = [22, 18];

function pinnedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const folder = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin');
  const file = join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(file)) return undefined;
  // A package for another C library (Alpine's musl) installs but does not run.
  return spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0 ? file : undefined;
}

/** @returns the path of the Node to use; throws when there is none that will do. */
export function findNode({ quiet = false } = {}) {
  const pinned = pinnedNode();
  if (pinned) return pinned;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) {
    if (!quiet) say(`• No pinned Node for ${process.platform}-${process.arch}: using this one, ${process.version}.`);
    return process.execPath;
  }
  throw new SetupError(
    `there is no pinned Node for ${process.platform}-${process.arch} and this one is ${process.version}: ` +
      `please install Node ${oldest.join('.')} or newer.`,
  );
}

/** The environment in which tools and the platform find that Node and the installed programs first. */
export function environmentFor(node) {
  const first = [dirname(node), join(root, 'node_modules', '.bin')];
  return {
    ...process.env,
    PATH: [...first, process.env.PATH ?? ''].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
}
