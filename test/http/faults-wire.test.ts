// What a hostile or broken client does to the wire itself: slow, huge, endless. Each is ended or bounded, and others are served.
import { connect, type Socket } from 'node:net';
import { scopesOf } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import type { Principal } from '../../platform/server/src/kernel/principal.ts';
import { createRateLimits } from '../../platform/server/src/kernel/rate-limit.ts';
import { type BareApp, handle, startBareApp } from '../harness/bare-app.ts';

const HEADERS_WITHIN_MS = 600;
const JSON_WITHIN_MS = 500;

let app: BareApp;
beforeAll(async () => {
  const budget = { read: 6_000, write: 6_000, bulk: 10, sensitive: 6_000 };
  app = await startBareApp({
    headersWithinMs: HEADERS_WITHIN_MS,
    jsonWithinMs: JSON_WITHIN_MS,
    routes: [
      handle('provinces.list', async () => ({ items: [] })),
      handle('partner.redemptions.lookup', () => Promise.reject(new Error('reached'))),
    ],
    seam: { rateLimits: createRateLimits({ person: budget, organisation: budget }) },
  });
});
afterAll(() => app?.close());

const partner = (): Principal => ({
  actor: 'partner',
  partnerId: newId<never>(),
  clientId: 'c',
  accountId: null,
  scopes: scopesOf('partner'),
});
const served = async () => (await app.call('GET', '/v1/provinces')).status;

interface Wire {
  readonly socket: Socket;
  readonly heard: () => string;
  readonly closed: Promise<void>;
}

/** A raw connection; the one who writes decides every byte. */
async function dial(): Promise<Wire> {
  const socket = connect(Number(new URL(app.baseUrl).port), '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, heard: () => heard, closed };
}

const lookUpHead = (length: number, as = partner()) =>
  [
    'POST /v1/partner/redemptions/lookup HTTP/1.1',
    'Host: x',
    `X-Test-Principal: ${JSON.stringify(as)}`,
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    '',
    '',
  ].join('\r\n');

test('headers that never end are cut off, 100 such connections at once, while others are served', async () => {
  const wires = await Promise.all(Array.from({ length: 100 }, dial));
  for (const { socket } of wires) socket.write('GET /v1/provinces HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  expect(await served()).toBe(200);
  await Promise.all(wires.map(({ closed }) => closed));
  expect(new Set(wires.map(({ heard }) => heard().split('\r\n')[0]))).toEqual(new Set(['HTTP/1.1 408 Request Timeout']));
});

test('a body that comes a byte at a time is refused after its time, and its place in flight is free again', async () => {
  const as = partner();
  const { socket, heard, closed } = await dial();
  socket.write(lookUpHead(1_000, as));
  const drip = setInterval(() => socket.write('x'), 50);
  await closed;
  clearInterval(drip);
  expect(heard()).toMatch(/^HTTP\/1\.1 400 /);
  expect(heard()).toContain('"code":"invalid_request"');
  expect((await app.call('POST', '/v1/partner/redemptions/lookup', { as, body: { presented: 'ABCD' } })).code).toBe('internal');
});

test('a body that is announced as endless is refused before it is sent, and one that grows past the limit when it does', async () => {
  const announced = await dial();
  announced.socket.write(lookUpHead(10_000_000_000));
  await expect.poll(announced.heard).toMatch(/^HTTP\/1\.1 413 /);
  const big = await app.call('POST', '/v1/partner/redemptions/lookup', { as: partner(), body: { presented: 'x'.repeat(300_000) } });
  expect([big.status, big.code]).toEqual([413, 'payload_too_large']);
  announced.socket.destroy();
  expect(await served()).toBe(200);
});

test('headers past their limit are refused without a handler', async () => {
  const { socket, heard, closed } = await dial();
  socket.write(`GET /v1/provinces HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(100_000)}\r\n\r\n`);
  await closed;
  expect(heard()).toMatch(/^HTTP\/1\.1 431 /);
  expect(await served()).toBe(200);
});

test.each([
  ['two lengths', 'POST /v1/provinces HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
  [
    'a length and chunks',
    'POST /v1/provinces HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /',
  ],
  ['a header with a line break', 'GET /v1/provinces HTTP/1.1\r\nHost: x\r\nX: a\nb\r\n\r\n'],
  ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00'],
])('%s is refused and smuggles nothing in', async (_name, bytes) => {
  const { socket, heard, closed } = await dial();
  socket.write(bytes);
  await closed;
  expect(heard()).toMatch(/^HTTP\/1\.1 400 /);
  expect(heard().match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(await served()).toBe(200);
});

test('10,000 requests pipelined in one write end their connection, and hold up nobody', async () => {
  const { socket, heard, closed } = await dial();
  const one = (n: number) => `GET /v1/provinces HTTP/1.1\r\nHost: x\r\nX-Request-Id: pipelined-${n}\r\n\r\n`;
  const before = performance.now();
  socket.write(Array.from({ length: 10_000 }, (_, n) => one(n)).join(''));
  expect(await served()).toBe(200);
  expect(performance.now() - before).toBeLessThan(3_000);
  await closed;
  const numbers = [...heard().matchAll(/x-request-id: pipelined-(\d+)/gi)].map(([, n]) => Number(n));
  expect(numbers).toEqual(numbers.map((_, n) => n));
  expect(numbers.length).toBeLessThan(1_000);
});

test('a few requests pipelined are answered in their order', async () => {
  const { socket, heard } = await dial();
  const numbers = Array.from({ length: 40 }, (_, n) => n);
  socket.write(numbers.map((n) => `GET /v1/provinces HTTP/1.1\r\nHost: x\r\nX-Request-Id: pipelined-${n}\r\n\r\n`).join(''));
  const answered = () => [...heard().matchAll(/x-request-id: pipelined-(\d+)/gi)].map(([, n]) => Number(n));
  await expect.poll(answered, { timeout: 5_000 }).toEqual(numbers);
  socket.destroy();
});
