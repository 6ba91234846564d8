import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Compiler, Stats, StatsCompilation } from '@rspack/core';
import { readMiniApp } from './app.ts';
import { type Bundle, digestOf, filesOf } from './bundle.ts';
import { BuildError, problemsOf } from './problems.ts';
import { compilerOf, configurationOf, ENTRY_FILE } from './rspack-configuration.ts';
import { buildTools } from './tools.ts';

export interface BuildSettings {
  /** The folder of the app, with `chung.config.ts`. */
  readonly root: string;
  /** Where the bundle goes; a folder that is empty or holds a bundle, which is removed. */
  readonly into: string;
  readonly signal?: AbortSignal;
}

/**
 * Builds the mini-app in a folder, for release. Runs nothing of it, needs no network, and makes the same bytes of the same source wherever it
 * runs.
 *
 * Throws `BuildError` (what is wrong, with file and line) and `NothingToBuildError` (an app of offers alone).
 *
 * @example
 * const { digest, files } = await buildMiniApp({ root: '.', into: 'dist' });
 */
export async function buildMiniApp({ root, into, signal }: BuildSettings): Promise<Bundle> {
  signal?.throwIfAborted();
  const app = readMiniApp(root);
  const folder = path.resolve(into);
  await assertOurs(folder);
  const tools = await buildTools();
  const compiler = compilerOf(app, configurationOf(app, { mode: 'production', into: folder, tools }), tools);
  try {
    const stats = await run(compiler);
    signal?.throwIfAborted();
    const told = stats.toJson({ all: false, errors: true, chunkGroups: true, assets: true, ids: true });
    if (stats.hasErrors()) throw new BuildError(problemsOf(told.errors ?? [], app.root));
    const files = await filesOf(folder);
    return { folder, files, digest: digestOf(files), firstLoad: firstLoadOf(told) };
  } finally {
    await new Promise<void>((resolve) => compiler.close(() => resolve()));
  }
}

/** What was there is removed: so there may be nothing, or a bundle. */
async function assertOurs(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  if (names.length === 0 || names.includes(ENTRY_FILE)) return;
  const message = { vi: `${folder} có tệp không phải của gói.`, en: `${folder} holds files that are not of a bundle.` };
  throw new BuildError([{ file: null, line: null, column: null, message }]);
}

function run(compiler: Compiler): Promise<Stats> {
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => (stats ? resolve(stats) : reject(error ?? new Error('The bundler said nothing.'))));
  });
}

/** The entry, and what it loads at once to have `./main`: the group of files that carries the exposed module's name. */
function firstLoadOf({ namedChunkGroups = {} }: StatsCompilation): readonly string[] {
  const groups = Object.values(namedChunkGroups);
  const names = groups.flatMap(({ assets = [] }) => assets.map(({ name }) => name)).toSorted();
  return [...new Set([ENTRY_FILE, ...names])];
}
