import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { startFaultyProxy } from './faulty-proxy.ts';
import { HttpLine, type Outcome } from './http-line.ts';
import type { Random } from './random.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function echo() {
  const got: string[] = [];
  const server = createServer((request, response) => {
    got.push(request.url ?? '');
    const body = JSON.stringify({ code: request.url?.slice(1) });
    response.writeHead(request.url === '/no' ? 409 : 200, { 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return { got, port: typeof address === 'object' && address ? address.port : 0 };
}

/** Makes always the same fault. */
const always = (kind: number): Random => ({
  below: () => 0,
  chance: () => true,
  pick: (items) => items[Math.min(kind, items.length - 1)] as never,
});
const request = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`;
const ask = (port: number, path: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const line = new HttpLine({ host: '127.0.0.1', port });
    line.send(request(path), (outcome) => {
      resolve(outcome);
      line.cut();
    });
  });

test('several requests under way on one line get their own answers, also when they come in one packet', async () => {
  const { port } = await echo();
  const line = new HttpLine({ host: '127.0.0.1', port });
  const outcomes = await Promise.all(
    ['/a', '/no', '/c'].map((path) => new Promise<Outcome>((resolve) => line.send(request(path), resolve))),
  );
  expect(outcomes.map((outcome) => [outcome?.status, outcome?.code])).toEqual([
    [200, ''],
    [409, 'no'],
    [200, ''],
  ]);
  line.cut();
  expect(await new Promise((resolve) => setTimeout(() => line.send(request('/d'), resolve), 20))).toBeNull();
});

test.each([
  [0, 'lost request', null, 0],
  [1, 'lost answer', null, 1],
  [2, 'cut at once', null, 1],
  [3, 'sent twice', 200, 2],
  [4, 'delayed', 200, 1],
  [5, 'late ghost', null, 1],
] as const)('fault %i, %s: the client sees %s and the server %i', async (kind, name, status, arrived) => {
  const { port, got } = await echo();
  const proxy = await startFaultyProxy({ targets: [port], random: always(kind) });
  const outcome = await ask(proxy.port, '/x');
  expect(outcome?.status ?? null).toBe(status);
  await proxy.close();
  expect(got).toHaveLength(arrived);
  expect(proxy.made[name]).toBe(1);
});

test('without a fault all passes', async () => {
  const { port } = await echo();
  const proxy = await startFaultyProxy({ targets: [port], random: { below: () => 0, chance: () => false, pick: ([one]) => one as never } });
  expect((await ask(proxy.port, '/x'))?.status).toBe(200);
  await proxy.close();
});
