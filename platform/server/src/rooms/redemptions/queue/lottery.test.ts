// The lottery: a seed promised first, a list frozen at the close, one draw by whichever node, and anyone can recompute it.
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Draw, DrawTicket, OfferId } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyDraw } from '../../../../../../sdk/client/src/verify-draw.ts';
import { inDays, vault } from '../../../../../../test/harness/partner-rooms.ts';
import { byLottery, openQueueStage, type QueueStage, queueOf } from '../../../../../../test/harness/queue-stage.ts';
import { brokenInvariants } from '../../../../../../test/harness/redemption-invariants.ts';
import { openRedemptionRooms, type RedemptionRooms } from '../../../../../../test/harness/redemption-rooms.ts';
import { rankTickets } from './draw.ts';
import { drawLotteries } from './draw-lotteries.ts';
import { listDrawTickets, readDraw } from './read-draw.ts';

let world: RedemptionRooms;
beforeAll(async () => {
  world = await openRedemptionRooms();
});
afterAll(async () => {
  expect(await brokenInvariants(world.owner)).toEqual([]);
  await world.close();
});

const draw = () => drawLotteries(queueOf(world));

async function published(offerId: OfferId): Promise<{ draw: Draw; tickets: DrawTicket[] }> {
  const queue = queueOf(world);
  const tickets: DrawTicket[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listDrawTickets(queue, offerId, { cursor, limit: 7 });
    tickets.push(...page.items);
    if (page.nextCursor === null) return { draw: await readDraw(queue, offerId), tickets };
    cursor = page.nextCursor;
  }
}

async function entered(count: number, stock = 3) {
  const stage = await openQueueStage(world, byLottery({ stock }));
  const members = Array.from({ length: count }, () => world.member());
  for (const member of members) expect(await stage.join(member)).toBe('ENTERED');
  return { stage, members };
}

/** The members as the draw ranked them. */
async function inOrder(stage: QueueStage, members: Awaited<ReturnType<typeof entered>>['members']) {
  const ranked = await Promise.all(members.map(async (member) => ({ member, entry: await stage.entry(member) })));
  return ranked.sort((a, b) => (a.entry.rank ?? 0) - (b.entry.rank ?? 0));
}

describe('before the close', () => {
  test('the commitment is public from the publication, and nothing else is', async () => {
    const stage = await openQueueStage(world, byLottery());
    const seen = await readDraw(stage.queue, stage.offerId);
    expect(seen).toMatchObject({ state: 'OPEN', seed: null, digest: null, tickets: null, units: null, drawnAt: null });
    expect(seen.commitment).toMatch(/^[0-9a-f]{64}$/);
    await stage.join(world.member());
    await expect(listDrawTickets(stage.queue, stage.offerId, { limit: 10 })).rejects.toMatchObject({ code: 'wrong_state' });
    expect(await draw()).toBe(0);
  });

  test('the seed is sealed, and neither it nor its commitment can be changed by the server', async () => {
    const stage = await openQueueStage(world, byLottery());
    for (const column of ['commitment', 'sealed_seed', 'committed_at'])
      await expect(stage.queue.db.query(`UPDATE chung.lotteries SET ${column} = ${column}`)).rejects.toMatchObject({ code: '42501' });
    await expect(stage.queue.db.query('DELETE FROM chung.lotteries')).rejects.toMatchObject({ code: '42501' });
    const { rows } = await world.owner.query('SELECT sealed_seed, commitment FROM chung.lotteries WHERE offer_id = $1', [stage.offerId]);
    expect(() => vault.open(rows[0].sealed_seed, 'lottery:another-offer')).toThrow();
    const revealed = Buffer.from(vault.open(rows[0].sealed_seed, `lottery:${stage.offerId}`), 'hex');
    expect(revealed).toHaveLength(32);
  });

  test('publishing again keeps the first seed', async () => {
    const stage = await openQueueStage(world, byLottery());
    const before = await readDraw(stage.queue, stage.offerId);
    const { offers, db } = world.ports;
    const partnerId = world.partnerId;
    const { allocation } = byLottery({
      allocation: { mode: 'lottery', entriesFrom: inDays(-0.25), entriesUntil: inDays(2), acceptMinutes: 5 },
    });
    await db.tx((tx) => offers.change(tx, { partnerId, offerId: stage.offerId, change: { allocation } }));
    await db.tx(async (tx) => {
      const { termsVersion } = await offers.submit(tx, { partnerId, offerId: stage.offerId });
      await offers.applyDecision(tx, {
        offerId: stage.offerId,
        termsVersion,
        decision: { decision: 'approved', reasons: [], decidedAt: new Date().toISOString() },
      });
    });
    const after = await readDraw(stage.queue, stage.offerId);
    expect([after.commitment, after.committedAt]).toEqual([before.commitment, before.committedAt]);
    expect(Date.parse(after.entriesUntil)).toBeGreaterThan(Date.parse(before.entriesUntil));
  });

  test('one member has one ticket, however often and at once they enter', async () => {
    const stage = await openQueueStage(world, byLottery());
    const member = world.member();
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => stage.join(member))))).toEqual(new Set(['ENTERED']));
    const { ticket } = await stage.entry(member);
    expect(ticket).toMatch(/^[\w-]{22}$/);
    expect(await stage.join(member)).toBe('ENTERED');
    expect((await stage.entry(member)).ticket).toBe(ticket);
  });

  test('nobody can claim, also where units are free', async () => {
    const stage = await openQueueStage(world, byLottery());
    const [inside, outside] = [world.member(), world.member()];
    await stage.join(inside);
    expect([await stage.claim(inside), await stage.claim(outside)]).toEqual(['offer_by_lottery', 'offer_by_lottery']);
  });

  test.each([
    ['before they open', { entriesFrom: inDays(0.5), entriesUntil: inDays(1) }],
    ['from their very end on', { entriesFrom: inDays(-0.9), entriesUntil: inDays(-0.001) }],
  ])('entries are refused %s', async (_, times) => {
    const stage = await openQueueStage(world, byLottery({ allocation: { mode: 'lottery', acceptMinutes: 30, ...times } }));
    expect(await stage.join(world.member())).toBe('queue_closed');
  });
});

describe('the draw', () => {
  test('can be verified by anyone, promises the units by rank, and keeps the others in reserve', async () => {
    // What other tests left to be drawn is not counted here.
    await draw();
    const { stage, members } = await entered(20);
    await stage.endEntries();
    expect(await draw()).toBe(1);
    const { draw: told, tickets } = await published(stage.offerId);
    expect(told).toMatchObject({ state: 'DRAWN', tickets: 20, units: 3 });
    expect(await verifyDraw(told, tickets)).toMatchObject({ verified: true, problems: [] });
    // The database ranked by hashes of its own; the order in memory is the same.
    const names = tickets.map(({ ticket }) => ticket);
    expect(rankTickets(Buffer.from(told.seed ?? '', 'hex'), names)).toEqual((await verifyDraw(told, tickets)).ranking);
    const ranked = await inOrder(stage, members);
    expect(ranked.map(({ entry }) => entry.rank)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(ranked.map(({ entry }) => entry.state).slice(0, 5)).toEqual(['PROMISED', 'PROMISED', 'PROMISED', 'WAITING', 'WAITING']);
    expect(ranked[3]?.entry.place).toBe(1);
    expect(await stage.claim(ranked[0]?.member ?? world.member())).toBe('claimed');
    expect(await stage.claim(ranked[3]?.member ?? world.member())).toBe('offer_by_lottery');
  });

  test('shows one changed ticket or seed byte to whoever recomputes it', async () => {
    const { stage } = await entered(5);
    await stage.endEntries();
    await draw();
    const { draw: told, tickets } = await published(stage.offerId);
    const forged = tickets.map((one, index) => (index === 2 ? { ...one, ticket: `${one.ticket.slice(0, -1)}!` } : one));
    expect((await verifyDraw(told, forged)).verified).toBe(false);
    const seed = `${told.seed?.startsWith('0') ? '1' : '0'}${told.seed?.slice(1)}`;
    expect((await verifyDraw({ ...told, seed }, tickets)).problems).toContain('commitment');
    // The database itself refuses to reveal another seed than the one it promised.
    await expect(
      world.owner.query('UPDATE chung.lotteries SET seed = $2 WHERE offer_id = $1', [stage.offerId, Buffer.alloc(32)]),
    ).rejects.toMatchObject({ constraint: 'lotteries_kept_promise' });
  });

  test('leaves out who left before the close, and lets nobody leave the frozen list', async () => {
    const { stage, members } = await entered(4);
    const [first, second] = members;
    if (!first || !second) throw new Error('four members');
    expect(await stage.leave(first)).toBe('left');
    await stage.endEntries();
    await world.owner.query(`UPDATE chung.lotteries SET state = 'CLOSED', digest = '\\x00', tickets = 3 WHERE offer_id = $1`, [
      stage.offerId,
    ]);
    expect(await stage.leave(second)).toBe('wrong_state');
    await world.owner.query(`UPDATE chung.lotteries SET state = 'OPEN', digest = NULL, tickets = NULL WHERE offer_id = $1`, [
      stage.offerId,
    ]);
    await draw();
    const { draw: told, tickets } = await published(stage.offerId);
    expect(told.tickets).toBe(3);
    expect((await verifyDraw(told, tickets)).verified).toBe(true);
  });

  test('stays verifiable whatever becomes of the winners: who leaves or misses the turn stays on the list', async () => {
    const { stage, members } = await entered(6, 1);
    await stage.endEntries();
    await draw();
    const ranked = await inOrder(stage, members);
    const [one, two, three] = ranked.map(({ member }) => member);
    if (!one || !two || !three) throw new Error('six members');
    expect(await stage.leave(one)).toBe('left');
    expect((await stage.entry(two)).state).toBe('PROMISED');
    await stage.runOut(two);
    await stage.sweep();
    expect((await stage.entry(three)).state).toBe('PROMISED');
    expect(await stage.claim(two)).toBe('offer_by_lottery');
    expect(await stage.claim(three)).toBe('claimed');
    // A lottery is over with its draw: nobody enters again.
    expect(await stage.join(one)).toBe('queue_closed');
    const { draw: told, tickets } = await published(stage.offerId);
    expect((await verifyDraw(told, tickets)).verified).toBe(true);
  });

  test('without entries is held too, and gives nothing to anybody', async () => {
    await draw();
    const stage = await openQueueStage(world, byLottery());
    await stage.endEntries();
    expect(await draw()).toBe(1);
    const { draw: told, tickets } = await published(stage.offerId);
    expect([told.tickets, tickets]).toEqual([0, []]);
    expect((await verifyDraw(told, tickets)).verified).toBe(true);
    expect(await stage.claim(world.member())).toBe('offer_by_lottery');
  });

  test('is held once, by one of eight nodes', async () => {
    await draw();
    const { stage } = await entered(10);
    await stage.endEntries();
    const drawn = await Promise.all(Array.from({ length: 8 }, draw));
    expect(drawn.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await stage.units()).toBe('0/3/0');
  });

  test('has everyone who was told "entered" while entries closed, and nobody else', async () => {
    const stage = await openQueueStage(world, byLottery());
    const members = Array.from({ length: 60 }, () => world.member());
    const joining = members.map(async (member, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 3));
      return stage.join(member);
    });
    await new Promise((resolve) => setTimeout(resolve, 80));
    await stage.endEntries();
    await draw();
    const outcomes = await Promise.all(joining);
    // A lottery that somebody was just entering is left to the next round of the job.
    await draw();
    const { draw: told, tickets } = await published(stage.offerId);
    const inside = outcomes.filter((outcome) => outcome !== 'queue_closed').length;
    expect([told.tickets, tickets.length]).toEqual([inside, inside]);
    expect((await verifyDraw(told, tickets)).verified).toBe(true);
  });
});

/** Starts the job in a process and kills it after so long; answers whether it was still at work. */
async function drawKilledAfter(milliseconds: number | null): Promise<string> {
  const script = path.resolve(import.meta.dirname, '../../../../../../test/harness/draw-process.ts');
  const child = spawn(process.execPath, ['--conditions=chung-source', script, world.rooms.database.serverUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (milliseconds !== null && output === 'drawing\n') setTimeout(() => child.kill('SIGKILL'), milliseconds);
  });
  await new Promise((resolve) => child.once('exit', resolve));
  return output;
}

test('a node killed in the midst leaves a draw that the next one finishes, once and verifiable', { timeout: 120_000 }, async () => {
  const stage = await openQueueStage(world, byLottery({ stock: 200 }));
  // 6,000 entries, so that close and draw each take long enough to be hit.
  await world.owner.query(
    `INSERT INTO chung.queue_entries (offer_id, id, member_id, kind, state, accept_minutes, joined_at, updated_at, ticket)
     SELECT $1, gen_random_uuid(), gen_random_uuid(), 'lottery', 'ENTERED', 30, now(), now(), encode(sha256(i::text::bytea), 'hex')
       FROM generate_series(1, 6000) AS i`,
    [stage.offerId],
  );
  await stage.endEntries();
  const states: string[] = [];
  for (const milliseconds of [0, 40, 150, 400]) {
    await drawKilledAfter(milliseconds);
    states.push((await readDraw(stage.queue, stage.offerId)).state);
    // Half a draw would show here: ranks or promises without the revealed seed.
    const { rows } = await world.owner.query(
      `SELECT count(*) FILTER (WHERE rank IS NOT NULL)::integer AS ranked, count(*) FILTER (WHERE state = 'PROMISED')::integer AS promised
         FROM chung.queue_entries WHERE offer_id = $1`,
      [stage.offerId],
    );
    expect(rows[0]).toEqual(states.at(-1) === 'DRAWN' ? { ranked: 6_000, promised: 200 } : { ranked: 0, promised: 0 });
  }
  // At least the first was killed before it could finish.
  expect(states[0]).not.toBe('DRAWN');
  await drawKilledAfter(null);
  const told = await readDraw(stage.queue, stage.offerId);
  expect(told).toMatchObject({ state: 'DRAWN', tickets: 6_000, units: 200 });
  const { items } = await listDrawTickets(stage.queue, stage.offerId, { limit: 6_000 });
  expect((await verifyDraw(told, items)).verified).toBe(true);
  expect(await stage.units()).toBe('0/200/0');
});
