import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Finding } from '../analysis/findings.ts';
import { buildMiniApp } from '../build/build.ts';
import type { Bundle } from '../build/bundle.ts';
import { BuildError, problemLine } from '../build/problems.ts';
import { CliError } from '../commands/command.ts';
import { sourceOf } from '../submit/source-files.ts';
import { notReproducible } from './findings.ts';

/** Not of the source: installed, built, or of other tools. */
const NOT_SOURCE: ReadonlySet<string> = new Set(['node_modules', 'dist', '.git', '.chung']);

/**
 * Builds the app a second time, from a copy of its folder in another place, and compares with the first: as the server will build it from
 * what is sent: this folder, without what `.gitignore` leaves out and what may hold a secret, and nothing around it.
 */
export async function checkReproducible(root: string, first: Bundle, signal: AbortSignal | undefined): Promise<readonly Finding[]> {
  const workshop = await mkdtemp(path.join(tmpdir(), 'chung-again-'));
  try {
    const copy = await copyOf(root, workshop);
    const second = await buildMiniApp({ root: copy, into: path.join(workshop, 'bundle'), ...(signal && { signal }) });
    return second.digest === first.digest ? [] : [await difference(first, second, root)];
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return error.problems.map((problem) =>
      notReproducible(problem.file ?? 'build', {
        vi: `Không đóng gói được ở thư mục khác: ${problemLine(problem, 'vi')}`,
        en: `It cannot be built in another folder: ${problemLine(problem, 'en')}`,
      }),
    );
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** The same packages stand above the copy as above the app, folder for folder, so that each import finds what it found. */
async function copyOf(root: string, workshop: string): Promise<string> {
  let place = workshop;
  for (const above of ancestorsOf(root)) {
    const packages = path.join(above, 'node_modules');
    if (!existsSync(packages)) continue;
    await symlink(packages, path.join(place, 'node_modules'), 'junction');
    place = path.join(place, 'in');
    await mkdir(place);
  }
  const copy = path.join(place, 'app');
  const sent = sentFrom(root);
  const isSource = (from: string) => !NOT_SOURCE.has(path.basename(from)) && (!sent || sent.has(from) || statSync(from).isDirectory());
  await cp(root, copy, { recursive: true, filter: (from) => from === root || isSource(from) });
  const own = path.join(root, 'node_modules');
  if (existsSync(own)) await symlink(own, path.join(copy, 'node_modules'), 'junction');
  return copy;
}

/** What `chung submit` would send; null where it would send nothing yet, for a reason that other rules tell. */
function sentFrom(root: string): ReadonlySet<string> | null {
  try {
    return new Set(sourceOf(root).files.map(({ place }) => place));
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}

/** The folders above, the farthest first. */
function ancestorsOf(root: string): readonly string[] {
  const above = path.dirname(root);
  return above === root ? [] : [...ancestorsOf(above), above];
}

async function difference(first: Bundle, second: Bundle, root: string): Promise<Finding> {
  const hashes = new Set(second.files.map(({ sha256 }) => sha256));
  const differing = first.files.filter(({ sha256 }) => !hashes.has(sha256));
  for (const { path: name } of differing)
    if ((await readFile(path.join(first.folder, name), 'utf8')).includes(root))
      return notReproducible(name, {
        vi: `${name} chứa đường dẫn của thư mục đóng gói; import.meta.url và tương tự viết nó vào.`,
        en: `${name} holds the path of the folder that it was built in; import.meta.url and its like write it there.`,
      });
  const names = differing.map((file) => file.path).join(', ');
  return notReproducible(names, {
    vi: `Đóng gói lần hai ra khác lần đầu: ${names}.`,
    en: `The second build differs from the first: ${names}.`,
  });
}
