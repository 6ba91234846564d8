import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isPrivateName, SUBMISSION_NEEDS, type Text } from '@chung/contracts';
import ignore, { type Ignore } from 'ignore';
import { CliError } from '../commands/command.ts';

/** A file as it will stand in the archive, and where it lies now. */
export interface FileToPack {
  /** E.g. `source/src/main.tsx`. */
  readonly path: string;
  readonly place: string;
  readonly bytes: number;
}

export interface AppSource {
  readonly files: readonly FileToPack[];
  /** What stays here because it may hold a secret; a person should see that it was noticed. Relative to the folder. */
  readonly leftOut: readonly string[];
}

/** What `chung build` wrote, and what belongs to this machine: nobody wonders that it stays. */
const PLAINLY_OURS: ReadonlySet<string> = new Set(['node_modules', '.git', '.hg', '.svn', '.chung', '.DS_Store']);
const BUILT = 'dist';

/**
 * The source of the app in a folder: every file but what was installed or built, what may hold a secret, and what `.gitignore` leaves out.
 *
 * Throws `CliError` where something is missing or is no plain file.
 */
export function sourceOf(root: string): AppSource {
  const leftOut: string[] = [];
  const files = walk({ root, folder: root, rules: rulesAbove(root), leftOut });
  const present = new Set(files.map((file) => file.path));
  for (const needed of SUBMISSION_NEEDS) if (!present.has(needed)) throw lacking(needed.replace('source/', ''), root);
  return { files, leftOut };
}

/** The rules of one `.gitignore`, and the folder that they are about. */
interface Rules {
  readonly folder: string;
  readonly rules: Ignore;
}

interface Walk {
  readonly root: string;
  readonly folder: string;
  readonly rules: readonly Rules[];
  readonly leftOut: string[];
}

function walk({ root, folder, rules, leftOut }: Walk): readonly FileToPack[] {
  const inForce = [...rulesIn(folder), ...rules];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    const name = path.relative(root, place).split(path.sep).join('/');
    if (PLAINLY_OURS.has(entry.name) || name === BUILT) return [];
    if (isPrivateName(entry.name)) {
      leftOut.push(name);
      return [];
    }
    if (isIgnored(place, entry.isDirectory() ? 'folder' : 'file', inForce)) return [];
    if (entry.isDirectory()) return walk({ root, folder: place, rules: inForce, leftOut });
    if (!entry.isFile()) throw notPlain(name);
    return [{ path: `source/${name}`, place, bytes: statSync(place).size }];
  });
}

/** As git reads them: the nearest rule that says something about a path decides. */
function isIgnored(place: string, kind: 'file' | 'folder', rules: readonly Rules[]): boolean {
  for (const { folder, rules: own } of rules) {
    const name = path.relative(folder, place).split(path.sep).join('/');
    const { ignored, unignored } = own.test(kind === 'folder' ? `${name}/` : name);
    if (ignored || unignored) return ignored;
  }
  return false;
}

/** As git decides when a repository is made: whether `Build` and `build` are one name is up to the system. */
const CAPITALS = { ignorecase: ['darwin', 'win32'].includes(process.platform) };

function rulesIn(folder: string): readonly Rules[] {
  const file = path.join(folder, '.gitignore');
  return existsSync(file) ? [{ folder, rules: ignore(CAPITALS).add(readFileSync(file, 'utf8')) }] : [];
}

/**
 * Those of the folders above, up to that of the repository; an app outside of any has its own alone. One that leaves out the app itself says
 * nothing about what is in it.
 */
function rulesAbove(root: string): readonly Rules[] {
  const above: string[] = [];
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.git'))) return above.flatMap(rulesIn).filter((rules) => !isIgnored(root, 'folder', [rules]));
    if (folder === path.dirname(folder)) return [];
    above.push(path.dirname(folder));
  }
}

function lacking(name: string, root: string): CliError {
  const next: Readonly<Record<string, Text>> = {
    'package-lock.json': {
      vi: 'Ứng dụng được gửi kèm tệp khóa của chính nó: chạy npm install trong thư mục đó (trong workspace: npm install --workspaces=false).',
      en: 'An app is sent with a lock file of its own: run npm install in its folder (inside a workspace: npm install --workspaces=false).',
    },
  };
  return new CliError({
    text: {
      vi: `${path.basename(root)} không có ${name}, hoặc .gitignore loại nó ra.`,
      en: `${path.basename(root)} has no ${name}, or a .gitignore leaves it out.`,
    },
    next: next[name] ?? { vi: 'Tạo dự án mới: chung create.', en: 'A new project begins with: chung create.' },
    exitCode: 1,
  });
}

const notPlain = (name: string): CliError =>
  new CliError({
    text: { vi: `${name} là liên kết hoặc tệp đặc biệt.`, en: `${name} is a link or a special file.` },
    next: {
      vi: 'Thay bằng tệp thường, hoặc thêm vào .gitignore.',
      en: 'Put a plain file in its place, or add it to .gitignore.',
    },
    exitCode: 1,
  });
