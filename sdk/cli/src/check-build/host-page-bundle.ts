import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Stats } from '@rspack/core';
import type { HostPageSettings } from './host-page.ts';

const IS_SOURCE = import.meta.url.endsWith('.ts');
const HOST_PAGE = fileURLToPath(new URL(IS_SOURCE ? './host-page.ts' : './host-page.js', import.meta.url));

/** The script of the page around the frame, bundled. */
export async function hostPageScript(): Promise<string> {
  const { rspack } = await import('@rspack/core');
  const folder = await mkdtemp(path.join(tmpdir(), 'chung-host-'));
  const compiler = rspack({
    ...{ mode: 'development', context: path.dirname(HOST_PAGE), entry: { host: HOST_PAGE }, target: ['web', 'es2022'], devtool: false },
    output: { path: folder, filename: 'host.js' },
    resolve: {
      extensions: ['.ts', '.js'],
      conditionNames: [...(IS_SOURCE ? ['chung-source'] : []), 'browser', 'import', 'module', 'default'],
    },
    module: {
      rules: [
        {
          ...{ test: /\.ts$/, type: 'javascript/auto', loader: 'builtin:swc-loader' },
          options: { detectSyntax: 'auto', jsc: { target: 'es2022' } },
        },
      ],
    },
    ...{ performance: false, stats: 'none', infrastructureLogging: { level: 'none' } },
  });
  try {
    const stats = await new Promise<Stats | null>((resolve, reject) => {
      compiler.run((error, done) => (error ? reject(error) : resolve(done ?? null)));
    });
    if (!stats || stats.hasErrors()) throw new Error(stats?.toString({ all: false, errors: true }) ?? 'The bundler said nothing.');
    return await readFile(path.join(folder, 'host.js'), 'utf8');
  } finally {
    await new Promise<void>((resolve) => compiler.close(() => resolve()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** The document of that page. */
export function hostPageHtml(settings: HostPageSettings): string {
  const json = JSON.stringify(settings).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="${settings.language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Host</title>
<style>html, body, iframe { margin: 0; width: 100%; height: 100%; border: 0; display: block; }</style>
<body>
<script type="application/json">${json}</script>
<script src="/host.js"></script>
</body>
</html>
`;
}
