// The built docs as the platform serves them: beside the reference pages, under the same policy, and nothing from outside of their folder.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BareApp, startBareApp } from '../harness/bare-app.ts';

let folder: string;
let app: BareApp;
const html = { accept: 'text/html' };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-docs-'));
  const files = {
    'secret.html': 'a page beside the site',
    'site/index.html': '<h1>First</h1>',
    'site/guide.html': '<h1>Guide</h1>',
    'site/guide.md': '# Guide: lượt nhận ưu đãi',
    'site/api/index.html': '<h1>API</h1>',
    'site/api/offers.html': '<h1>Offers</h1>',
    'site/errors/not_found.html': '<h1>The site’s own</h1>',
    'site/404.html': '<h1>Not here</h1>',
    'site/assets/main-Dk3_xY9q.js': 'export {};',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  app = await startBareApp({ docsDirectory: path.join(folder, 'site') });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  ['/docs', '<h1>First</h1>'],
  ['/docs/', '<h1>First</h1>'],
  ['/docs/guide', '<h1>Guide</h1>'],
  ['/docs/api/', '<h1>API</h1>'],
  ['/docs/api/offers', '<h1>Offers</h1>'],
])('200 at %s with its page, which is asked for again each time', async (address, text) => {
  const reply = await app.call('GET', address, { headers: html });
  expect([reply.status, reply.headers.get('content-type'), reply.text]).toEqual([200, 'text/html; charset=utf-8', text]);
  expect(reply.headers.get('cache-control')).toBe('no-cache');
  expect(reply.headers.get('content-security-policy')).toContain("script-src 'self'");
});

test('200 with a page as Markdown, and with a script that is kept for ever', async () => {
  const markdown = await app.call('GET', '/docs/guide.md');
  expect([markdown.status, markdown.headers.get('content-type'), markdown.text]).toEqual([
    200,
    'text/markdown; charset=utf-8',
    '# Guide: lượt nhận ưu đãi',
  ]);
  const script = await app.call('GET', '/docs/assets/main-Dk3_xY9q.js');
  expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
});

test('the pages that problem documents lead to stay in the language of the reader', async () => {
  for (const address of ['/docs/api', '/docs/errors', '/docs/errors/not_found'])
    for (const lang of ['vi', 'en']) expect((await app.call('GET', `${address}?lang=${lang}`)).text).toContain(`<html lang="${lang}">`);
});

test.each(['/docs/none', '/docs/none/', '/docs/Guide', '/docs/api/none'])(
  '404 at %s: a page for readers, a problem for programs',
  async (address) => {
    const page = await app.call('GET', address, { headers: html });
    expect([page.status, page.text]).toEqual([404, '<h1>Not here</h1>']);
    const problem = await app.call('GET', address, { headers: { accept: 'application/json' } });
    expect([problem.status, problem.code]).toEqual([404, 'not_found']);
  },
);

test.each(['/docs/../secret', '/docs/%2e%2e/secret', '/docs/..%2fsecret', '/docs/%2e%2e%2fsecret.html', '/docs//../secret', '/docs/%00'])(
  'nothing outside of the folder is reached by %s',
  async (address) => {
    expect(await rawGet(address)).not.toContain('a page beside the site');
  },
);

/** As it is written: `fetch` would make a tidy path of it first. */
async function rawGet(address: string): Promise<string> {
  const { port } = new URL(app.baseUrl);
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path: address, headers: html }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts).toString()));
    });
    asked.on('error', reject).end();
  });
}

test('without a built site the reference is still there', async () => {
  const bare = await startBareApp({ docsDirectory: path.join(folder, 'nowhere') });
  expect((await bare.call('GET', '/docs/api', { headers: html })).status).toBe(200);
  expect((await bare.call('GET', '/docs/', { headers: html })).code).toBe('not_found');
  await bare.close();
});
