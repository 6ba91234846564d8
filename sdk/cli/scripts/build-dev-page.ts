// Builds the page of `chung dev` into the package: it is served by the command, on the developer's machine.
import path from 'node:path';
import { build, defaultClientConditions } from 'vite';

const CLI = path.resolve(import.meta.dirname, '..');

await build({
  configFile: false,
  logLevel: 'warn',
  root: path.join(CLI, 'dev-page'),
  base: './',
  resolve: { conditions: ['chung-source', ...defaultClientConditions] },
  build: { outDir: path.join(CLI, 'dist/dev-page'), emptyOutDir: true, target: 'esnext', cssTarget: 'chrome123' },
});
