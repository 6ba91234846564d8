// The short form of the hammer: two real servers on one durable PostgreSQL, one kill of each kind, and the same judgement.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { hammer } from './hammer.ts';
import { openSite } from './site.ts';
import { Tally } from './tally.ts';

const ATTEMPTS = 3_000;

test('what two servers answer while they, their database and the network are cut holds every rule and invariant', {
  timeout: 480_000,
}, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chung-hammer-'));
  const tally = new Tally();
  try {
    const site = await openSite({ servers: 2, members: 120 });
    try {
      const kills = { serverKills: 1, databaseKills: 1, wireCuts: 1 };
      const round = { name: 's', seed: Date.now() % 2 ** 31, attempts: ATTEMPTS, ...kills, claims: 'written first', folder } as const;
      await hammer(site, round, tally);
    } finally {
      await site.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  expect([tally.failures, tally.holds]).toEqual([[], true]);
  expect(tally.counts).toMatchObject({ 'kill -9 of a server': 1, 'kill -9 of the database': 1, 'histories checked': 1 });
  expect(tally.counts['attempts']).toBeGreaterThanOrEqual(ATTEMPTS * 0.99);
  // A run in which nothing happened would hold as well.
  expect(tally.outcomes).toMatchObject({ ok: expect.any(Number), offer_sold_out: expect.any(Number), lost: expect.any(Number) });
});
