import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Compiler, Configuration, Stats, Watching } from '@rspack/core';
import { type MiniAppSource, readMiniApp } from './app.ts';
import { openDevelopmentServer } from './development-server.ts';
import { type BuildProblem, problemLine, problemsOf } from './problems.ts';
import { compilerOf, configurationOf, ENTRY_FILE } from './rspack-configuration.ts';
import { type BuildTools, buildTools } from './tools.ts';

/** How one build went, the first and every one after a change. */
export interface BuildReport {
  readonly milliseconds: number;
  /** In English, a line each; empty when all is well. */
  readonly errors: readonly string[];
  /** The same, in both languages and with their places. */
  readonly problems: readonly BuildProblem[];
}

export interface ServeSettings {
  readonly root: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly onBuilt: (build: BuildReport) => void;
}

export interface ServedMiniApp {
  /** On the loopback address. */
  readonly origin: string;
  /** For `frameDocument({ entryUrl })`. */
  readonly entry: string;
  close(): Promise<void>;
}

/** The same from the sources and from the built package. */
const HOT_CLIENT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './hot-client.ts' : './hot-client.js', import.meta.url));

/**
 * Development: builds the app in a folder, builds it again when a file changes, and serves it over loopback to a frame without an origin.
 * What changed is replaced while the app runs, with the state of its React components kept; what cannot be replaced loads the frame anew,
 * so the page around it has to hand over a channel again when the frame's `load` event comes a second time.
 *
 * Resolves when the first build is done, with errors or without. Throws as `buildMiniApp` does where there is nothing to build.
 *
 * @example
 * const { entry, close } = await serveMiniApp({ root: '.', port: 0, onBuilt: ({ errors }) => report(errors) });
 */
export async function serveMiniApp({ root, port, onBuilt }: ServeSettings): Promise<ServedMiniApp> {
  const app = readMiniApp(root);
  const folder = await mkdtemp(path.join(tmpdir(), 'chung-dev-'));
  const server = await openDevelopmentServer({ folder, port }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const compiler = await developmentCompiler(app, folder);
  let watching: Watching | undefined;
  const close = async () => {
    await new Promise<void>((resolve) => (watching ? watching.close(() => resolve()) : resolve()));
    await new Promise<void>((resolve) => compiler.close(() => resolve()));
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  let startedAt = performance.now();
  compiler.hooks.watchRun.tap('chung', () => {
    startedAt = performance.now();
  });
  const tidy = tidier(folder);
  const report = (stats: Stats): void => {
    tidy(Object.keys(stats.compilation.assets));
    const problems = problemsOf(stats.toJson({ all: false, errors: true }).errors ?? [], app.root);
    const errors = problems.map((problem) => problemLine(problem, 'en'));
    onBuilt({ milliseconds: Math.round(performance.now() - startedAt), errors, problems });
    server.tell({ hash: stats.hash ?? '', errors: errors.length });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      watching = compiler.watch({ aggregateTimeout: 20 }, (error, stats) => {
        if (error || !stats) return reject(error ?? new Error('The bundler said nothing.'));
        report(stats);
        resolve();
      });
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { origin: server.origin, entry: new URL(ENTRY_FILE, server.folderUrl).href, close };
}

/** How many builds a frame may lag behind and still find the files that lead it on. */
const BUILDS_KEPT = 20;

/** Takes away what only builds of long ago have had. */
function tidier(folder: string): (files: readonly string[]) => void {
  const builds: ReadonlySet<string>[] = [];
  return (files) => {
    builds.push(new Set(files));
    if (builds.length <= BUILDS_KEPT) return;
    const old = builds.shift() ?? new Set();
    for (const name of old) if (!builds.some((build) => build.has(name))) void rm(path.join(folder, name), { force: true }).catch(() => {});
  };
}

async function developmentCompiler(app: MiniAppSource, into: string): Promise<Compiler> {
  const tools = await buildTools();
  const configuration = configurationOf(app, { mode: 'development', into, before: [HOT_CLIENT], tools });
  return compilerOf(app, await withHotReload(configuration, tools), tools);
}

async function withHotReload(configuration: Configuration, { rspack }: BuildTools): Promise<Configuration> {
  const { ReactRefreshRspackPlugin } = await import('@rspack/plugin-react-refresh');
  const plugins = [...(configuration.plugins ?? []), new rspack.HotModuleReplacementPlugin(), new ReactRefreshRspackPlugin()];
  // Our package says that its modules do nothing by being imported; this one does.
  const rules = [...(configuration.module?.rules ?? []), { include: HOT_CLIENT, sideEffects: true }];
  return { ...configuration, plugins, module: { ...configuration.module, rules } };
}
