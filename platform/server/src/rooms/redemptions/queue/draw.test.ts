// The server's draw against the client's check: two writings of one text, so that neither can be wrong alone.
import { createHmac } from 'node:crypto';
import { Draw } from '@chung/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyDraw } from '../../../../../../sdk/client/src/verify-draw.ts';
import { newId } from '../../../kernel/ids.ts';
import { commitmentOf, createDigest, keyOf, newSeed, newTicket, paddedKeys, rankTickets } from './draw.ts';

const digestOf = (tickets: readonly string[]) => {
  const digest = createDigest();
  // In parts, as the job reads them.
  for (let from = 0; from < tickets.length; from += 7) digest.add(tickets.slice(from, from + 7));
  return digest.end();
};

const published = (seed: Buffer, tickets: readonly string[]): Draw =>
  Draw.parse({
    offerId: newId(),
    algorithm: 'chung-draw-v1',
    state: 'DRAWN',
    commitment: commitmentOf(seed).toString('hex'),
    entriesFrom: '2026-11-22T00:00:00Z',
    entriesUntil: '2026-11-23T00:00:00Z',
    digest: digestOf(tickets).toString('hex'),
    tickets: tickets.length,
    seed: seed.toString('hex'),
    units: 3,
    committedAt: '2026-11-21T00:00:00Z',
    closedAt: '2026-11-23T00:00:01Z',
    drawnAt: '2026-11-23T00:00:02Z',
  });

test('what the server draws, anyone can verify', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 60 }), async (count) => {
      const seed = newSeed();
      const tickets = Array.from({ length: count }, newTicket).sort();
      const order = rankTickets(seed, tickets);
      expect([...order].sort()).toEqual(tickets);
      const list = tickets.map((ticket) => ({ ticket, rank: order.indexOf(ticket) + 1 }));
      expect(await verifyDraw(published(seed, tickets), list)).toEqual({ verified: true, problems: [], ranking: order });
    }),
  );
});

test('the order of entering makes no difference, a ticket more makes a new order of all', () => {
  const seed = newSeed();
  const tickets = Array.from({ length: 200 }, newTicket);
  const order = rankTickets(seed, tickets);
  expect(rankTickets(seed, tickets.toReversed())).toEqual(order);
  const withOneMore = rankTickets(seed, [...tickets, newTicket()]).filter((ticket) => tickets.includes(ticket));
  expect(withOneMore).not.toEqual(order);
});

test('SHA-256 over padded keys is HMAC', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string(), (bytes, message) => {
      const key = Buffer.from(bytes);
      const { inner, outer } = paddedKeys(key);
      const nested = commitmentOf(Buffer.concat([outer, commitmentOf(Buffer.concat([inner, Buffer.from(message)]))]));
      expect(nested.equals(createHmac('sha256', key).update(message).digest())).toBe(true);
    }),
  );
});

test('over many draws each of five tickets wins about as often', () => {
  const wins = new Map<string, number>();
  const tickets = Array.from({ length: 5 }, newTicket);
  for (let draw = 0; draw < 1_000; draw++) {
    const [first = ''] = rankTickets(newSeed(), tickets);
    wins.set(first, (wins.get(first) ?? 0) + 1);
  }
  // 200 expected; five standard deviations are 63, so an honest draw fails once in a million runs.
  for (const ticket of tickets) expect(Math.abs((wins.get(ticket) ?? 0) - 200)).toBeLessThan(64);
});

test('tickets and seeds do not repeat and tell nothing about their order', () => {
  const tickets = Array.from({ length: 2_000 }, newTicket);
  expect(new Set(tickets).size).toBe(tickets.length);
  expect([...tickets].sort()).not.toEqual(tickets);
  for (const ticket of tickets) expect(ticket).toMatch(/^[\w-]{22}$/);
  expect(keyOf(newSeed(), newSeed())).toHaveLength(32);
});
