import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, type Plugin, type UserConfig } from 'vite';

interface WebApp {
  /** Where the platform serves the app: '/', '/partner/', '/admin/'. */
  readonly base: string;
  /** First-load JavaScript, compressed; the build fails above it. */
  readonly budgetKilobytes?: number;
  /** Ends of module paths that the first page loads by `import()`: they count as first load although they are chunks of their own. */
  readonly firstLoad?: readonly string[];
  readonly plugins?: Plugin[];
}

const DEVELOPMENT_PLATFORM = 'http://localhost:4100';
const PLATFORM_PATHS = ['/v1', '/session', '/oauth', '/auth', '/interaction', '/docs', '/.well-known', '/healthz'];

interface Chunk {
  readonly type: 'chunk';
  readonly fileName: string;
  readonly code: string;
  readonly isEntry: boolean;
  readonly facadeModuleId: string | null;
  readonly imports: string[];
}

/** The first page's chunks: the entry, what it imports, and the named chunks with what they import. */
function firstChunks(chunks: ReadonlyMap<string, Chunk>, firstLoad: readonly string[]): Set<string> {
  const found = new Set<string>();
  const take = (name: string) => {
    const chunk = chunks.get(name);
    if (!chunk || found.has(name)) return;
    found.add(name);
    for (const imported of chunk.imports) take(imported);
  };
  for (const chunk of chunks.values())
    if (chunk.isEntry || firstLoad.some((end) => chunk.facadeModuleId?.replaceAll('\\', '/').endsWith(end))) take(chunk.fileName);
  return found;
}

/** Measures what a first visit downloads and stops the build above the budget, so that weight never creeps in unseen. */
function firstLoadBudget(budgetKilobytes: number, firstLoad: readonly string[]): Plugin {
  return {
    name: 'chung:first-load-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = new Map<string, Chunk>();
      for (const part of Object.values(bundle)) if (part.type === 'chunk') chunks.set(part.fileName, part);
      const names = firstChunks(chunks, firstLoad);
      const bytes = [...names].reduce((sum, name) => sum + gzipSync(chunks.get(name)?.code ?? '', { level: 9 }).length, 0);
      const kilobytes = Math.round(bytes / 100) / 10;
      this.info(`first load: ${kilobytes} kB of JavaScript in ${names.size} files (budget ${budgetKilobytes} kB)`);
      if (kilobytes > budgetKilobytes) this.error(`first load is ${kilobytes} kB, over the budget of ${budgetKilobytes} kB`);
    },
  };
}

/** The CSP of the platform forbids inline scripts; a plugin or an edit that brings one in fails here and not in production. */
function noInlineScripts(): Plugin {
  return {
    name: 'chung:no-inline-scripts',
    apply: 'build',
    enforce: 'post',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        if (/<script(?![^>]*\bsrc=)[^>]*>\s*\S/.test(html)) throw new Error('index.html has an inline script; the CSP would block it');
      },
    },
  };
}

/** The one Vite configuration of the three apps. Returned anew for each, so that none can change another's. */
export function webApp({ base, budgetKilobytes = 250, firstLoad = [], plugins = [] }: WebApp): UserConfig {
  // A platform path that the app itself lives under must not be sent on.
  const paths = PLATFORM_PATHS.filter((path) => !base.startsWith(`${path}/`));
  const target = process.env['CHUNG_URL'] ?? DEVELOPMENT_PLATFORM;
  return {
    base,
    plugins: [react(), firstLoadBudget(budgetKilobytes, firstLoad), noInlineScripts(), ...plugins],
    resolve: { conditions: ['chung-source', ...defaultClientConditions] },
    server: { proxy: Object.fromEntries(paths.map((path) => [path, { target, changeOrigin: false }])) },
    build: {
      target: 'baseline-widely-available',
      // No data: URIs for scripts or fonts; the CSP allows them only for images.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: false,
      reportCompressedSize: false,
    },
  };
}
