// One try, against receivers that behave, misbehave and lie. Everything that can happen is a result with a reason.
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { listening, openDeadReceiver, openReceiver, type Receiver } from '../../../../../../test/harness/webhook-receiver.ts';
import type { NameResolver } from './guarded-lookup.ts';
import { createSender, isDelivered, type Sender } from './sender.ts';

let receiver: Receiver;
const senders: Sender[] = [];
const servers: Server[] = [];
beforeAll(async () => {
  receiver = await openReceiver();
});
afterEach(async () => {
  for (const sender of senders.splice(0)) sender.close();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  receiver.received.length = 0;
});
afterAll(() => receiver.close());

const NOBODY: NameResolver = { resolve: () => Promise.reject(new Error('nobody asks')) };

function senderTo(address: string, { resolver = NOBODY, allowed = ['127.0.0.1'], totalMs = 400 } = {}): Sender {
  const timeouts = { connectMs: 300, totalMs };
  const sender = createSender(address, { resolver, allowedHosts: new Set(allowed), now: () => new Date('2026-11-22T13:00:00Z'), timeouts });
  senders.push(sender);
  return sender;
}
const delivery = { headers: { 'webhook-id': 'a' }, payload: '{"đ":1}' };

/** A receiver that writes what it is told, byte for byte. */
async function rawReceiver(answer: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answer));
  });
  servers.push(server);
  return `http://127.0.0.1:${await listening(server)}/raw`;
}

test('it posts the body and the headers as they are, and says how long it took', async () => {
  receiver.behave(() => 200);
  const result = await senderTo(`${receiver.origin}/in?x=1`).send(delivery);
  expect(result).toMatchObject({ status: 200, error: null, excerpt: null, retryAfterSeconds: null });
  expect(result.latencyMs).toBeGreaterThanOrEqual(0);
  const [received] = receiver.received;
  expect(received).toMatchObject({ path: '/in?x=1', body: '{"đ":1}' });
  expect(received?.headers).toMatchObject({
    'webhook-id': 'a',
    'content-type': 'application/json',
    'user-agent': expect.stringContaining('Chung'),
  });
});

test('a connection is kept between deliveries', async () => {
  const ports = new Set<number | undefined>();
  receiver.behave((_received, response) => {
    ports.add(response.socket?.remotePort);
    return 204;
  });
  const sender = senderTo(`${receiver.origin}/in`);
  for (let i = 0; i < 5; i++) expect(isDelivered(await sender.send(delivery))).toBe(true);
  expect(ports.size).toBe(1);
});

test('a kept connection that the receiver closes in the meantime costs no try', async () => {
  receiver.behave((_received, response) => {
    // Says that it stays, and goes.
    response.on('finish', () => response.socket?.destroy());
    return 204;
  });
  const sender = senderTo(`${receiver.origin}/in`);
  for (let i = 0; i < 4; i++) expect((await sender.send(delivery)).status).toBe(204);
});

test.each([
  [301, 'a redirect'],
  [400, 'a refusal'],
  [500, 'a failure'],
])('%s, %s, is not delivered and keeps the beginning of the answer', async (status) => {
  receiver.behave(() => status);
  const result = await senderTo(`${receiver.origin}/in`).send(delivery);
  expect([result.status, isDelivered(result), result.excerpt]).toEqual([status, false, `answer ${status}`]);
});

test('what an answer wishes is read on 429', async () => {
  receiver.behave((_received, response) => void response.writeHead(429, { 'retry-after': '90' }).end());
  expect((await senderTo(`${receiver.origin}/in`).send(delivery)).retryAfterSeconds).toBe(90);
});

test('an answer without end is cut off, and counts by its status', async () => {
  const flood = (status: number) => {
    receiver.behave((_received, response) => {
      response.writeHead(status);
      const more = setInterval(() => response.write('x'.repeat(20_000)), 1);
      response.on('close', () => clearInterval(more));
      return undefined;
    });
  };
  flood(200);
  expect(await senderTo(`${receiver.origin}/in`, { totalMs: 5_000 }).send(delivery)).toMatchObject({ status: 200, excerpt: null });
  flood(500);
  const refused = await senderTo(`${receiver.origin}/in`, { totalMs: 5_000 }).send(delivery);
  expect(refused.excerpt).toHaveLength(500);
});

test.each(['black-hole', 'slow-loris'] as const)('a %s is left at the deadline', async (death) => {
  const dead = await openDeadReceiver(death);
  const began = performance.now();
  const sender = senderTo(`${dead.origin}/in`);
  expect(await sender.send(delivery)).toMatchObject({ status: null, error: 'TIMEOUT' });
  expect(performance.now() - began).toBeLessThan(3_000);
  // And again: the first one has left nothing that hangs.
  expect(await sender.send(delivery)).toMatchObject({ status: null, error: 'TIMEOUT' });
  await dead.close();
});

test('a connection that is reset or refused says so by its code', async () => {
  const dead = await openDeadReceiver('reset');
  expect((await senderTo(`${dead.origin}/in`).send(delivery)).error).toMatch(/^(ECONNRESET|UND_ERR_SOCKET|EPIPE)$/);
  await dead.close();
  expect((await senderTo(`${dead.origin}/in`).send(delivery)).error).toBe('ECONNREFUSED');
});

test.each([
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['a header without end', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`],
  ['half an answer', 'HTTP/1.1 20'],
])('%s is a failed try', async (_what, answer) => {
  const result = await senderTo(await rawReceiver(answer)).send(delivery);
  expect([result.status, typeof result.error]).toEqual([null, 'string']);
});

test('a name is checked when it is connected to: a private answer is refused, and nobody is reached', async () => {
  const asked: string[] = [];
  const rebinding: NameResolver = {
    resolve: async (host) => {
      asked.push(host);
      return ['127.0.0.1'];
    },
  };
  const port = new URL(receiver.origin).port;
  const sender = senderTo(`https://hooks.example.vn:${port}/in`, { resolver: rebinding });
  for (let i = 0; i < 2; i++) expect(await sender.send(delivery)).toMatchObject({ status: null, error: 'ADDRESS_REFUSED' });
  expect(asked).toHaveLength(2);
  expect(receiver.received).toEqual([]);
});
