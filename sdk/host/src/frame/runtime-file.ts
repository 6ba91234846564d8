import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { integrityOf } from './document.ts';

export const FRAME_RUNTIME_FILES = { production: 'runtime.js', development: 'runtime.development.js' } as const;

/** The frame's own script. */
export interface FrameRuntime {
  readonly file: string;
  readonly source: Buffer;
  /** For `frameDocument({ runtimeIntegrity })`. */
  readonly integrity: string;
}

const HERE = path.dirname(fileURLToPath(import.meta.url));
const IS_SOURCE = import.meta.url.endsWith('.ts');

/**
 * The script that runs in a frame before the mini-app, to be served at `frameDocument({ runtimeUrl })`. The development one has the React
 * of development, for hot reload and its warnings; members never get it.
 *
 * In the package it lies built beside this file. From the sources it is built at first use, which takes a second or two, and kept under
 * `node_modules/.chung` until a source of it changes.
 *
 * @example
 * const { source, integrity } = await frameRuntime('production');
 */
export async function frameRuntime(mode: keyof typeof FRAME_RUNTIME_FILES): Promise<FrameRuntime> {
  const folder = IS_SOURCE ? await builtFromSources() : HERE;
  const file = path.join(folder, FRAME_RUNTIME_FILES[mode]);
  const source = await readFile(file);
  return { file, source, integrity: integrityOf(createHash('sha256').update(source).digest('hex')) };
}

const run = promisify(execFile);
const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

async function builtFromSources(): Promise<string> {
  const root = path.resolve(HERE, '../..');
  const folder = path.join(root, '../../node_modules/.chung', `frame-${await hashOfSources(root)}`);
  if (await exists(folder)) return folder;
  await mkdir(path.dirname(folder), { recursive: true });
  const workshop = await mkdtemp(`${folder}-`);
  try {
    // A process of its own: the bundler is large, and whoever serves frames should not keep it in memory.
    await run(process.execPath, [path.join(root, 'scripts/build-frame-runtime.ts'), workshop]);
    await rename(workshop, folder);
  } catch (error) {
    await rm(workshop, { recursive: true, force: true });
    // Another process may have been faster: then its folder is as good.
    if (!(await exists(folder))) throw error;
  }
  return folder;
}

async function hashOfSources(root: string): Promise<string> {
  const names = await readdir(path.join(root, 'src/frame/runtime'));
  const files = [...names.toSorted().map((name) => `src/frame/runtime/${name}`), 'package.json', 'scripts/build-frame-runtime.ts'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(await readFile(path.join(root, file)));
  return hash.digest('hex').slice(0, 16);
}
