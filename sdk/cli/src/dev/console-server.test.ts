// Who may ask the page of `chung dev` for something: the page itself, and no other page that happens to be open in the same browser.
import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConsoleServer, openConsole } from './console-server.ts';

let server: ConsoleServer;
let state = { count: 0 };
const asked: unknown[] = [];
const taken: unknown[] = [];
beforeEach(async () => {
  asked.length = 0;
  taken.length = 0;
  state = { count: 0 };
  server = await openConsole(0, {
    state: () => state,
    actions: {
      set: async (input) => {
        asked.push(input);
        return 'done';
      },
      fail: () => Promise.reject(new Error('not to be had')),
    },
    frame: (language) => (language === 'en' ? null : { html: '<p>', headers: { 'content-security-policy': 'sandbox allow-scripts' } }),
    runtime: async () => Buffer.from('run()'),
    take: async (delivery) => {
      taken.push(delivery);
      return 204;
    },
    onError: (error) => ({ vi: 'lỗi', en: error instanceof Error ? error.message : '' }),
  });
});
afterEach(() => server.close());

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Past `fetch`, which sets Host and Origin by itself. */
function send(address: string, { method = 'GET', headers = {}, body = '' }: Sent = {}): Promise<{ status: number; text: string }> {
  const { port } = new URL(server.origin);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: address, method, headers }, (response) => {
      let text = '';
      response.on('data', (piece) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const own = { 'x-chung-dev': '1' };

test('the page asks and is answered; what cannot be done is a sentence in both languages', async () => {
  expect(await send('/do/set', { method: 'POST', headers: own, body: '{"a":1}' })).toEqual({ status: 200, text: '{"value":"done"}' });
  expect(asked).toEqual([{ a: 1 }]);
  const failed = await send('/do/fail', { method: 'POST', headers: own });
  expect([failed.status, JSON.parse(failed.text)]).toEqual([409, { problem: { vi: 'lỗi', en: 'not to be had' } }]);
});

test.each<[string, string, Sent]>([
  ['a form of another page, which can send no header of its own', '/do/set', { method: 'POST' }],
  ['a page of another origin', '/do/set', { method: 'POST', headers: { ...own, origin: 'https://evil.example' } }],
  ['a frame without an origin', '/do/set', { method: 'POST', headers: { ...own, origin: 'null' } }],
  ['another program’s page on this machine', '/events', { headers: { origin: 'http://127.0.0.1:1' } }],
])('%s is refused, and nothing is done', async (_who, address, sent) => {
  expect((await send(address, sent)).status).toBe(403);
  expect(asked).toEqual([]);
});

test('a name that was led to this machine is refused whatever it asks', async () => {
  for (const address of ['/', '/events', '/frame', '/inbox'])
    expect((await send(address, { headers: { host: 'rebound.example' } })).status).toBe(421);
});

test.each([
  ['/do/nothing', 'POST', 404],
  ['/do/__proto__', 'POST', 404],
  ['/do/toString', 'POST', 404],
  ['/../package.json', 'GET', 404],
  ['/..%2f..%2fpackage.json', 'GET', 404],
  ['/anything', 'DELETE', 405],
])('%s by %s is %i', async (address, method, status) => {
  expect((await send(address, { method, headers: own })).status).toBe(status);
});

test('what is no JSON, or too much, is refused and the server goes on', async () => {
  expect((await send('/do/set', { method: 'POST', headers: own, body: '{' })).status).toBe(400);
  expect((await send('/do/set', { method: 'POST', headers: own, body: `"${'x'.repeat(1_100_000)}"` })).status).toBe(413);
  expect((await send('/do/set', { method: 'POST', headers: own, body: '{}' })).status).toBe(200);
});

test('a delivery is taken as it came, with the headers that its signature needs and no others', async () => {
  const headers = { 'webhook-id': 'evt_1', 'webhook-signature': 'v1a,x', 'content-type': 'application/json', cookie: 'secret' };
  expect((await send('/inbox', { method: 'POST', headers, body: '{ "a": 1 }' })).status).toBe(204);
  const { cookie: _cookie, ...kept } = headers;
  expect(taken).toEqual([{ headers: kept, body: '{ "a": 1 }' }]);
});

test('the frame comes with its own policy, and is not there while there is nothing to show', async () => {
  expect(await send('/frame?lang=vi')).toEqual({ status: 200, text: '<p>' });
  expect((await send('/frame?lang=en')).status).toBe(404);
});

test('whoever follows hears the state at once and at each change', async () => {
  const response = await fetch(`${server.origin}/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe('data: {"count":0}\n\n');
  state = { count: 1 };
  server.changed();
  server.changed();
  expect((await reader?.read())?.value).toBe('data: {"count":1}\n\n');
  await reader?.cancel();
});
