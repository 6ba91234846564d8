// One delivery to a receiver on this machine: what is sent, what counts as taken, when it is tried again.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { EventId } from '@chung/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliver, isTaken, type Try } from './deliver.ts';
import { type WebhookSecret, webhookSecret } from './secret.ts';

const event = {
  id: EventId.parse('01936b5e-7c00-7000-8000-000000000001'),
  type: 'redemption.redeemed.v1',
  occurredAt: '2026-11-28T10:00:00.000Z',
  data: { redemptionId: 'r', note: 'Nhận ưu đãi “đặc biệt”' },
};

interface Came {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

let server: Server;
let origin: string;
let came: Came[];
let answer: (response: ServerResponse, count: number) => void;
let secret: WebhookSecret;
beforeEach(async () => {
  came = [];
  secret = webhookSecret(null, { cwd: '.' });
  answer = (response) => void response.writeHead(204).end();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      came.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), path: request.url ?? '' });
      answer(response, came.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function delivered({ tries = 1, url = `${origin}/hook`, stop = new AbortController().signal } = {}) {
  const told: Try[] = [];
  const isDelivered = await deliver(event, { target: { url }, secret, tries, stop, told: (one) => void told.push(one) });
  return { isDelivered, told };
}

describe('a delivery', () => {
  test('is the body of Standard Webhooks with the id beside it, signed over id, seconds and body', async () => {
    expect(await delivered()).toMatchObject({
      isDelivered: true,
      told: [{ attempt: 1, status: 204, error: null, excerpt: null, nextInSeconds: null }],
    });
    const [{ headers, body, path }] = came as [Came];
    expect([path, headers['content-type'], headers['webhook-id']]).toEqual(['/hook', 'application/json', event.id]);
    expect(body).toBe(JSON.stringify({ type: event.type, timestamp: event.occurredAt, data: event.data, id: event.id }));
    const key = Buffer.from(secret.text.slice('whsec_'.length), 'base64');
    expect(key).toHaveLength(32);
    const expected = createHmac('sha256', key).update(`${event.id}.${headers['webhook-timestamp']}.${body}`).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(5);
  });

  test('is signed anew at each try, because receivers judge its age', async () => {
    answer = (response, count) => void response.writeHead(count === 1 ? 500 : 200).end('x');
    expect(await delivered({ tries: 2 })).toMatchObject({
      isDelivered: true,
      told: [{ nextInSeconds: 1 }, { attempt: 2, nextInSeconds: null }],
    });
    const [first, second] = came.map(({ headers }) => headers['webhook-timestamp']);
    expect(Number(second)).toBeGreaterThan(Number(first));
  });

  test.each([200, 201, 202, 204])('that is answered with %i is taken', async (status) => {
    answer = (response) => void response.writeHead(status).end();
    expect((await delivered()).isDelivered).toBe(true);
  });

  test.each([301, 302, 307, 400, 401, 404, 410, 422, 500, 503])(
    'that is answered with %i is not, and no redirect is followed',
    async (status) => {
      answer = (response) => void response.writeHead(status, { location: `${origin}/elsewhere` }).end('no');
      const { isDelivered, told } = await delivered();
      expect([isDelivered, told[0]?.status, told.map(isTaken)]).toEqual([false, status, [false]]);
      expect(came).toHaveLength(1);
    },
  );

  test('shows the beginning of a refusal, and no more of it', async () => {
    answer = (response) => void response.writeHead(500).end(`  Lỗi ${'x'.repeat(5_000)}`);
    const { told } = await delivered();
    expect(told[0]?.excerpt).toHaveLength(198);
    expect(told[0]?.excerpt?.startsWith('Lỗi x')).toBe(true);
  });

  test('waits as long as the receiver asks, within reason', async () => {
    for (const [asked, waits] of [
      ['7', 7],
      ['0', 1],
      ['-5', 1],
      ['soon', 1],
      ['99999', 300],
    ] as const) {
      answer = (response) => void response.writeHead(503, { 'retry-after': asked }).end();
      const stop = new AbortController();
      const tried: Try[] = [];
      const told = (one: Try) => {
        tried.push(one);
        stop.abort();
      };
      await deliver(event, { target: { url: origin }, secret, tries: 2, stop: stop.signal, told });
      expect([asked, tried[0]?.nextInSeconds]).toEqual([asked, waits]);
    }
  });

  test('to nobody says so by the system’s own code, also where a name is two addresses', async () => {
    const { port } = new URL(origin);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    for (const host of ['127.0.0.1', 'localhost'])
      expect((await delivered({ url: `http://${host}:${port}/` })).told[0]).toMatchObject({ status: null, error: 'ECONNREFUSED' });
  });

  test('that is cut off in the middle is not taken', async () => {
    answer = (response) => void response.socket?.destroy();
    expect((await delivered()).told[0]).toMatchObject({ status: null, error: expect.stringMatching(/^(ECONNRESET|UND_ERR_SOCKET)$/) });
  });

  test('stops at once when it is told to, in the middle of a try and between two', async () => {
    const during = new AbortController();
    answer = () => during.abort();
    expect(await delivered({ tries: 9, stop: during.signal })).toEqual({ isDelivered: false, told: [] });
    const between = new AbortController();
    answer = (response) => void response.writeHead(500).end();
    const began = performance.now();
    setTimeout(() => between.abort(), 100);
    expect(await delivered({ tries: 9, stop: between.signal })).toMatchObject({ isDelivered: false, told: [{ attempt: 1 }] });
    expect(performance.now() - began).toBeLessThan(900);
  });
});
