// What becomes of a delivery: it is kept, and handed on to the backend as it came; once, twice, or after the one that followed it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createInbox, type Inbox } from './inbox.ts';
import type { DevFaults } from './state.ts';

let backend: Server;
let url: string;
let heard: { id: string; signature: string | undefined; body: string }[];
let status: number;
let deliveries: DevFaults['deliveries'];
let inbox: Inbox;
let forwardTo: string | null;
beforeEach(async () => {
  heard = [];
  status = 204;
  deliveries = 'in_order';
  backend = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    heard.push({ id: JSON.parse(body).id, signature: request.headers['webhook-signature']?.toString(), body });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/webhooks`;
  forwardTo = url;
  inbox = createInbox({ forwardTo: () => forwardTo, faults: () => ({ deliveries }), onChange: () => {} });
});
afterEach(() => {
  backend.closeAllConnections();
  return new Promise((resolve) => backend.close(resolve));
});

const delivery = (id: string) => ({
  headers: { 'webhook-signature': `v1a,${id}`, 'content-type': 'application/json' },
  body: `{ "id": "${id}",  "type": "redemption.redeemed.v1" }`,
});

test('it is handed on byte for byte, and the platform hears what the backend answered', async () => {
  expect(await inbox.take(delivery('a'))).toBe(204);
  status = 500;
  expect(await inbox.take(delivery('b'))).toBe(500);
  expect(heard.map(({ body, signature }) => [body, signature])).toEqual([
    [delivery('a').body, 'v1a,a'],
    [delivery('b').body, 'v1a,b'],
  ]);
  expect(inbox.lines.map(({ id, forwarded }) => [id, forwarded])).toEqual([
    ['b', [500]],
    ['a', [204]],
  ]);
});

test('a repeat is the same line, counted', async () => {
  await inbox.take(delivery('a'));
  await inbox.take(delivery('a'));
  expect(inbox.lines).toMatchObject([{ id: 'a', arrivals: 2, forwarded: [204, 204] }]);
});

test('without a backend it is kept, and the platform is content', async () => {
  forwardTo = null;
  expect(await inbox.take(delivery('a'))).toBe(204);
  expect(inbox.lines).toMatchObject([{ id: 'a', forwarded: [] }]);
});

test('a backend that is not there is told as such, and the platform will come again', async () => {
  forwardTo = 'http://127.0.0.1:9/webhooks';
  expect(await inbox.take(delivery('a'))).toBe(502);
  expect(inbox.lines).toMatchObject([{ forwarded: ['no_answer'] }]);
});

test.each(['', 'nothing', '[]', '{"id":1}'])('%j is no event: refused, and not kept', async (body) => {
  expect(await inbox.take({ headers: {}, body })).toBe(400);
  expect(inbox.lines).toEqual([]);
});

test('duplicated: the backend gets each twice', async () => {
  deliveries = 'duplicated';
  await inbox.take(delivery('a'));
  expect(heard.map(({ id }) => id)).toEqual(['a', 'a']);
});

test('reordered: the newer of two comes first, and one alone comes all the same', { timeout: 10_000 }, async () => {
  deliveries = 'reordered';
  await inbox.take(delivery('a'));
  await inbox.take(delivery('b'));
  await expect.poll(() => heard.map(({ id }) => id)).toEqual(['b', 'a']);
  await inbox.take(delivery('c'));
  await expect.poll(() => heard.map(({ id }) => id), { timeout: 5_000 }).toEqual(['b', 'a', 'c']);
});

test('it keeps so many and no more', async () => {
  forwardTo = null;
  for (let index = 0; index < 230; index++) await inbox.take(delivery(`e${index}`));
  expect(inbox.lines).toHaveLength(200);
  expect(inbox.lines[0]?.id).toBe('e229');
});
