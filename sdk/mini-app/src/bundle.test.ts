// What a phone loads: the budget of a template is 40 kB compressed beyond what the shell shares, and this is the platform's part of it.
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from 'vitest';

async function bundleOf(code: string): Promise<string> {
  const entry = path.join(import.meta.dirname, 'entry.js');
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    root: import.meta.dirname,
    resolve: { conditions: ['chung-source', 'module', 'browser'] },
    plugins: [{ name: 'entry', resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? code : null) }],
    build: { write: false, lib: { entry, formats: ['es'], fileName: 'app' }, rolldownOptions: { external: ['react'] }, minify: true },
  });
  const [first] = [built].flat();
  return first && 'output' in first ? first.output.map((one) => ('code' in one ? one.code : '')).join('') : '';
}

test('the whole of it is below 16 kB compressed, holds no schema of the platform, and evaluates no text', { timeout: 60_000 }, async () => {
  const code = await bundleOf(`export * from '@chung/mini-app'; export * from '@chung/mini-app/react';`);
  expect(code).toContain('chung.hello');
  expect(gzipSync(code).length).toBeLessThan(16_000);
  for (const ofSchemas of ['shares_not_whole', 'Xem một ưu đãi', 'openapi']) expect(code).not.toContain(ofSchemas);
  // A content security policy without `unsafe-eval` would report the mere try.
  expect(code).not.toMatch(/\bFunction\(|\beval\(/);
});
