// PostgreSQL refuses to run as root. A launcher starts its programs so that they do not see themselves as root.
// For an ordinary user there is nothing to do. For root there are three ways, tried in this order:
//   1. a user namespace: the process stays the owner of all files but sees itself as `nobody`; needs no other user
//      and no chown, and folders closed to others (/root, mktemp -d) stay reachable. Containers often forbid it.
//   2. setpriv: the uid of `nobody` plus the one capability to pass closed folders; the cluster is given to nobody.
//   3. a plain change of uid, for data directories that others may enter.
// For 2 and 3 the binaries are copied to where nobody can read them, if they are not already.
import { execFile, type SpawnOptions } from 'node:child_process';
import { chmod, chown, cp, lchown, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from '../kernel/startup-error.ts';
import { binariesIn, type PostgresBinaries } from './binaries.ts';

const run = promisify(execFile);
/** `nobody` on every Linux we know. initdb asks for the name of its uid, so one with an entry in /etc/passwd is needed. */
const nobody = 65534;

export interface Command {
  file: string;
  args: string[];
  options: SpawnOptions;
}

export interface Launcher {
  name: string;
  binaries: PostgresBinaries;
  /** How to start a program; `exec`s all the way, so that the child's pid is the program's. */
  command(file: string, args: string[]): Command;
  /** Makes a folder and all in it belong to whom the programs run as. */
  own(folder: string): Promise<void>;
  /** Removes what the launcher itself put on disk. */
  dispose(): Promise<void>;
}

type LauncherFactory = (binaries: PostgresBinaries) => Promise<Launcher>;

async function nothing(): Promise<void> {}

async function chownTree(path: string, uid: number): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  await chown(path, uid, uid);
  await Promise.all(entries.map((entry) => lchown(join(entry.parentPath, entry.name), uid, uid)));
}

/** A cluster that another launcher made has another owner; the common case costs one stat. */
async function ownAs(path: string, uid: number): Promise<void> {
  if ((await stat(path)).uid !== uid) await chownTree(path, uid);
}

const direct: LauncherFactory = async (binaries) => ({
  name: 'direct',
  binaries,
  command: (file, args) => ({ file, args, options: {} }),
  own: nothing,
  dispose: nothing,
});

const userNamespace: LauncherFactory = async (binaries) => ({
  name: 'user namespace',
  binaries,
  command: (file, args) => {
    const identity = [`--map-user=${nobody}`, `--map-group=${nobody}`];
    return { file: 'unshare', args: ['--user', ...identity, '--', file, ...args], options: {} };
  },
  own: (folder) => ownAs(folder, process.getuid?.() ?? 0),
  dispose: nothing,
});

/**
 * The binaries where `nobody` can read them: in place, or copied. The capability of setpriv does not help here: initdb
 * asks with access(2) whether it may run postgres, and that answer leaves capabilities aside.
 */
async function binariesForNobody(installed: PostgresBinaries): Promise<Pick<Launcher, 'binaries' | 'dispose'>> {
  const inPlace = await run('/bin/sh', ['-c', 'test -x "$1"', 'probe', installed.postgres], { uid: nobody, gid: nobody, cwd: '/' }).then(
    () => true,
    () => false,
  );
  if (inPlace) return { binaries: installed, dispose: nothing };
  // A fresh folder each time: a fixed name in a shared temporary folder could be prepared by someone else.
  const copy = await mkdtemp(join(tmpdir(), 'chung-postgres-'));
  await chmod(copy, 0o755);
  await cp(installed.folder, copy, { recursive: true, verbatimSymlinks: true });
  return { binaries: binariesIn(copy), dispose: () => rm(copy, { recursive: true, force: true }) };
}

const setpriv: LauncherFactory = async (installed) => ({
  ...(await binariesForNobody(installed)),
  name: 'setpriv',
  command: (file, args) => {
    const identity = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
    const capability = ['--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override'];
    return { file: 'setpriv', args: [...identity, ...capability, '--', file, ...args], options: {} };
  },
  own: (folder) => ownAs(folder, nobody),
});

const droppedUid: LauncherFactory = async (installed) => ({
  ...(await binariesForNobody(installed)),
  name: 'changed user',
  command: (file, args) => ({ file, args, options: { uid: nobody, gid: nobody } }),
  own: (folder) => ownAs(folder, nobody),
});

export const launchersForRoot = { userNamespace, setpriv, droppedUid };

/** Tries what a cluster needs: not root but somebody with a name, the binaries start, a folder in the data directory can be reached and written. */
async function works(launcher: Launcher, dataDirectory: string): Promise<boolean> {
  const probe = await mkdtemp(join(dataDirectory, '.probe-'));
  try {
    await launcher.own(probe);
    const script = 'test "$(id -u)" != 0 && id -un && test -x "$1" && "$1" --version && cd "$2" && : > "$2/file" && rm "$2/file"';
    const { file, args, options } = launcher.command('/bin/sh', ['-c', script, 'probe', launcher.binaries.postgres, probe]);
    await run(file, args, { ...(options.uid === undefined ? {} : { uid: nobody, gid: nobody }), cwd: '/', timeout: 20_000 });
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

export async function findLauncher(
  installed: PostgresBinaries,
  dataDirectory: string,
  candidates: readonly LauncherFactory[] = Object.values(launchersForRoot),
): Promise<Launcher> {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && hasName()) return direct(installed);
  // An ordinary user without a name (a container started with any uid) can only get one in a namespace.
  for (const candidate of isRoot ? candidates : [userNamespace]) {
    const launcher = await candidate(installed);
    if (await works(launcher, dataDirectory)) return launcher;
    await launcher.dispose();
  }
  const who = isRoot ? 'as root' : 'as a user without an entry in /etc/passwd';
  throw new StartupError(
    `PostgreSQL may not run ${who}, and no way to start it as another user works for ${dataDirectory}: start as an ordinary user, ` +
      'or set CHUNG_DATA_DIR to a folder that other users can enter, or set DATABASE_URL to your own PostgreSQL.',
  );
}
