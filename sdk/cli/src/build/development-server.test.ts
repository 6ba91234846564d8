// What the frame of a developer asks for, over real HTTP.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DevelopmentServer, openDevelopmentServer } from './development-server.ts';

let folder: string;
let server: DevelopmentServer;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'chung-served-'));
  mkdirSync(path.join(folder, 'in'));
  writeFileSync(path.join(folder, 'vn$example.hot-update.json'), '{}');
  writeFileSync(path.join(folder, 'in/page.css'), 'a{}');
  writeFileSync(path.join(folder, 'picture.bin'), Buffer.from([1, 2]));
  server = await openDevelopmentServer({ folder, port: 0 });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (name: string, init?: RequestInit) => fetch(`${server.folderUrl}${name}`, init);

/** The events of one listener, as they come. */
async function* events(response: Response): AsyncGenerator<unknown> {
  if (!response.body) return;
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 2);
      if (line.startsWith('data: ')) yield JSON.parse(line.slice('data: '.length));
    }
  }
}

test.each([
  ['vn$example.hot-update.json', 'application/json'],
  ['in/page.css', 'text/css; charset=utf-8'],
  ['picture.bin', 'application/octet-stream'],
])('%s is served as %s, to a frame without an origin, and never from a cache', async (name, type) => {
  const response = await get(name);
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': type,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
});

test('what is not there is 404, and so is everything outside of the secret folder', async () => {
  for (const address of [
    `${server.folderUrl}gone.js`,
    `${server.folderUrl}in`,
    server.folderUrl,
    `${server.origin}/in/page.css`,
    `${server.origin}/`,
  ])
    expect((await fetch(address)).status).toBe(404);
  expect((await get('in/page.css', { method: 'DELETE' })).status).toBe(404);
});

test('the folder is another one at every start', async () => {
  const other = await openDevelopmentServer({ folder, port: 0 });
  expect(new URL(other.folderUrl).pathname).not.toBe(new URL(server.folderUrl).pathname);
  await other.close();
});

test('everyone who listens hears of a build; who comes later hears of the last one at once', async () => {
  const early = events(await get('events'));
  server.tell({ hash: 'a', errors: 0 });
  expect((await early.next()).value).toEqual({ hash: 'a', errors: 0 });
  server.tell({ hash: 'b', errors: 2 });
  const late = events(await get('events'));
  expect((await late.next()).value).toEqual({ hash: 'b', errors: 2 });
  expect((await early.next()).value).toEqual({ hash: 'b', errors: 2 });
});

test('closing ends who still listens, so that nothing keeps the program alive', async () => {
  const listener = events(await get('events'));
  server.tell({ hash: 'a', errors: 0 });
  await listener.next();
  const next = listener.next().catch((error: unknown) => error);
  await server.close();
  const ended = await next;
  expect(ended instanceof Error || (ended as IteratorResult<unknown>).done).toBe(true);
  server = await openDevelopmentServer({ folder, port: 0 });
});

test('somebody who has gone is told nothing, and the others are', async () => {
  const controller = new AbortController();
  const gone = await get('events', { signal: controller.signal });
  const there = events(await get('events'));
  controller.abort();
  await gone.text().catch(() => {});
  server.tell({ hash: 'c', errors: 0 });
  expect((await there.next()).value).toEqual({ hash: 'c', errors: 0 });
});
