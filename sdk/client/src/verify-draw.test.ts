// The check of a draw by somebody who trusts nobody: what is honest passes, and any one change anywhere is named.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Draw, type DrawTicket } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkDraw } from './draw.ts';
import { verifyDraw } from './verify-draw.ts';

interface Published {
  draw: Draw;
  tickets: DrawTicket[];
}

const sha256 = (...parts: (string | Buffer)[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** An honest draw, written with Node's own primitives from the words of the decision and not from the code that checks. */
function honest(names: readonly string[], seed = randomBytes(32)): Published {
  const sorted = [...names].sort();
  const digest = sha256(...sorted.map((name) => `${name}\n`));
  const key = Buffer.from(sha256(`chung-draw-v1\n${seed.toString('hex')}\n${digest}\n`), 'hex');
  const score = (name: string) => createHmac('sha256', key).update(name).digest('hex');
  const scores = new Map(sorted.map((name) => [name, score(name)]));
  const order = [...sorted].sort((a, b) => ((scores.get(a) ?? '') < (scores.get(b) ?? '') ? -1 : 1));
  const place = new Map(order.map((name, index) => [name, index + 1]));
  const draw = Draw.parse({
    offerId: '01936b5e-7c00-7000-8000-000000000001',
    algorithm: 'chung-draw-v1',
    state: 'DRAWN',
    commitment: sha256(seed),
    entriesFrom: '2026-11-22T00:00:00Z',
    entriesUntil: '2026-11-23T00:00:00Z',
    digest,
    tickets: sorted.length,
    seed: seed.toString('hex'),
    units: 1,
    committedAt: '2026-11-21T00:00:00Z',
    closedAt: '2026-11-23T00:00:01Z',
    drawnAt: '2026-11-23T00:00:02Z',
  });
  return { draw, tickets: sorted.map((ticket) => ({ ticket, rank: place.get(ticket) ?? null })) };
}

const ticket = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
const names = fc.uniqueArray(ticket, { minLength: 2, maxLength: 40 });
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

test('an honest draw of any tickets and any seed is verified, with every ticket in its place', async () => {
  await fc.assert(
    fc.asyncProperty(names, seed, async (list, secret) => {
      const { draw, tickets } = honest(list, secret);
      const check = await verifyDraw(draw, tickets);
      expect(check.problems).toEqual([]);
      expect(check.verified).toBe(true);
      expect(tickets.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0)).map((one) => one.ticket)).toEqual(check.ranking);
    }),
  );
});

test('one flipped bit of the seed is seen', async () => {
  await fc.assert(
    fc.asyncProperty(names, seed, fc.nat({ max: 255 }), async (list, secret, bit) => {
      const { draw, tickets } = honest(list, secret);
      const other = Buffer.from(secret);
      other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect((await verifyDraw({ ...draw, seed: other.toString('hex') }, tickets)).problems).toContain('commitment');
    }),
  );
});

test('one changed, added, missing or repeated ticket is seen', async () => {
  await fc.assert(
    fc.asyncProperty(names, ticket, fc.nat(), async (list, other, at) => {
      fc.pre(!list.includes(other));
      const { draw, tickets } = honest(list);
      const place = at % tickets.length;
      const sorted = (changed: DrawTicket[]) => changed.sort((a, b) => (a.ticket < b.ticket ? -1 : 1));
      const changed = sorted(tickets.map((one, index) => (index === place ? { ...one, ticket: other } : one)));
      const [added, missing] = [sorted([...tickets, { ticket: other, rank: 99 }]), tickets.toSpliced(place, 1)];
      const repeated = tickets.toSpliced(place, 0, { ticket: '', rank: 1, ...tickets[place] });
      for (const forged of [changed, added, missing, repeated]) expect((await verifyDraw(draw, forged)).problems).toContain('digest');
      for (const forged of [added, missing, repeated]) expect((await verifyDraw(draw, forged)).problems).toContain('list');
    }),
  );
});

test('two winners changed about are seen, and nothing else is blamed', async () => {
  await fc.assert(
    fc.asyncProperty(names, fc.nat(), fc.nat(), async (list, one, two) => {
      const { draw, tickets } = honest(list);
      const [a, b] = [one % tickets.length, two % tickets.length];
      fc.pre(a !== b);
      const swapped = tickets.map((entry, index) => ({ ...entry, rank: tickets[index === a ? b : index === b ? a : index]?.rank ?? null }));
      expect((await verifyDraw(draw, swapped)).problems).toEqual(['ranks']);
    }),
  );
});

describe('what cannot be checked is not verified', () => {
  const { draw, tickets } = honest(['a', 'b', 'c']);

  test.each([
    ['before the draw', { seed: null, units: null, state: 'CLOSED' as const }],
    ['before the close', { seed: null, digest: null, tickets: null, state: 'OPEN' as const }],
  ])('%s', async (_, change) => {
    expect(await verifyDraw({ ...draw, ...change }, tickets)).toEqual({ verified: false, problems: ['not_drawn'], ranking: [] });
  });

  test('another way of drawing', async () => {
    const other: object = { ...draw, algorithm: 'chung-draw-v2' };
    expect((await verifyDraw(other as Draw, tickets)).problems).toEqual(['not_drawn']);
  });

  test('a list that was not ranked', async () => {
    expect(
      (
        await verifyDraw(
          draw,
          tickets.map(({ ticket }) => ({ ticket, rank: null })),
        )
      ).problems,
    ).toEqual(['ranks']);
  });

  test('a list in another order than that of bytes', async () => {
    // Another digest is another draw; that it ranks few tickets alike by chance proves nothing.
    expect((await verifyDraw(draw, tickets.toReversed())).problems).toEqual(expect.arrayContaining(['list', 'digest']));
  });
});

test('a draw without entries is verified too', async () => {
  const { draw } = honest([]);
  expect(await verifyDraw(draw, [])).toEqual({ verified: true, problems: [], ranking: [] });
});

test('a list of many thousand tickets is checked whole', async () => {
  const { draw, tickets } = honest(Array.from({ length: 5_003 }, (_, index) => `ticket-${index}`));
  expect((await verifyDraw(draw, tickets)).verified).toBe(true);
});

describe('read from a platform', () => {
  const { draw, tickets } = honest(Array.from({ length: 25 }, (_, index) => `ticket-${index}`));
  /** A platform that answers ten tickets a page. */
  const clientOf = (answered: Draw, asked: unknown[]): Parameters<typeof checkDraw>[0] => {
    const call = async (id: string, input: { query?: { cursor?: string } }) => {
      asked.push(id);
      if (id === 'draws.get') return answered;
      const from = Number(input.query?.cursor ?? 0);
      return { items: tickets.slice(from, from + 10), nextCursor: from + 10 < tickets.length ? String(from + 10) : null };
    };
    return { call: call as never };
  };

  test('a draw is checked with every page of its list', async () => {
    const asked: unknown[] = [];
    expect(await checkDraw(clientOf(draw, asked), draw.offerId)).toMatchObject({ verified: true, draw });
    expect(asked).toEqual(['draws.get', 'draws.tickets.list', 'draws.tickets.list', 'draws.tickets.list']);
  });

  test('before the draw no list is asked for', async () => {
    const asked: unknown[] = [];
    const open: Draw = { ...draw, state: 'OPEN', seed: null, digest: null, tickets: null, units: null };
    expect((await checkDraw(clientOf(open, asked), draw.offerId)).problems).toEqual(['not_drawn']);
    expect(asked).toEqual(['draws.get']);
  });
});
