// Reversals in parts on the real ledger: money goes back to the đồng, the unit and the limit only with the whole.
import type { RedemptionId } from '@chung/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenInvariants } from '../../../../../test/harness/redemption-invariants.ts';
import { hold, openRedemptionRooms, type RedemptionRooms } from '../../../../../test/harness/redemption-rooms.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { confirmRedemption, fulfilRedemption, reverseRedemption } from './change-redemption.ts';
import { claimOffer } from './claim-offer.ts';

let world: RedemptionRooms;
beforeAll(async () => {
  world = await openRedemptionRooms();
});
afterAll(async () => {
  expect(await brokenInvariants(world.owner)).toEqual([]);
  await world.close();
});

const cashback = {
  benefit: { kind: 'cashback' as const, cashbackMinor: 10_001, minimumSpendMinor: 0, vestingDays: 7 },
  funding: [
    { by: 'partner' as const, shareBasisPoints: 6_667 },
    { by: 'platform' as const, shareBasisPoints: 3_333 },
  ],
};

const claimed = async (draft = {}) => {
  const offerId = await world.offer({ stock: 3, ...cashback, ...draft });
  const member = world.member();
  const { id } = await claimOffer(world.ports, { principal: member, offerId, idempotencyKey: newId() });
  return { offerId, id, member };
};

/** The state with what was taken back so far, or the code of the refusal. */
const reverse = (id: RedemptionId, partBasisPoints?: number): Promise<string> =>
  world.ports.db
    .tx((tx) => reverseRedemption(tx, world.ports, { principal: world.partner(), id, reason: 'Giao thiếu', partBasisPoints }))
    .then(
      ({ state, reversedBasisPoints }) => `${state} ${reversedBasisPoints}`,
      (error: unknown) => {
        if (error instanceof DomainError) return error.code;
        throw error;
      },
    );

async function balancesOf(offerId: string): Promise<Record<number, number>> {
  const { rows } = await world.owner.query(
    `SELECT account, sum(amount_minor)::integer AS sum FROM chung.postings WHERE shard_id = $1 GROUP BY account HAVING sum(amount_minor) <> 0`,
    [offerId],
  );
  return Object.fromEntries(rows.map((row: { account: number; sum: number }) => [row.account, row.sum]));
}

test('a part takes back its share of every line, and keeps unit, limit and code', async () => {
  const { offerId, id, member } = await claimed({ limits: { perMember: 1, perMemberPerDay: null } });
  expect(await reverse(id, 2_500)).toBe('PARTLY_REVERSED 2500');
  // Fee 2,000 and VAT 160; cashback 3,333 + 6,668: a quarter of each, half up, has gone back.
  expect(await balancesOf(offerId)).toMatchObject({ 1200: 1_620, 4110: -1_500, 2300: -120, 5140: 2_500, 2100: 5_001, 2210: -7_501 });
  expect(await world.units(offerId)).toMatchObject({ held: 0, redeemed: 1 });
  await expect(claimOffer(world.ports, { principal: member, offerId, idempotencyKey: newId() })).rejects.toMatchObject({
    code: 'limit_reached',
  });
});

test('parts add up, and the whole takes exactly the rest, with the unit', async () => {
  const { offerId, id, member } = await claimed({ limits: { perMember: 1, perMemberPerDay: null } });
  expect(await reverse(id, 3_333)).toBe('PARTLY_REVERSED 3333');
  expect(await reverse(id, 3_333)).toBe('PARTLY_REVERSED 6666');
  expect(await reverse(id)).toBe('REVERSED 6666');
  expect(await balancesOf(offerId)).toEqual({});
  expect(await world.units(offerId)).toMatchObject({ held: 0, redeemed: 0 });
  expect((await claimOffer(world.ports, { principal: member, offerId, idempotencyKey: newId() })).state).toBe('REDEEMED');
});

test('any split ends at nothing, to the đồng', async () => {
  const parts = fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(parts, async (split) => {
      const { offerId, id } = await claimed();
      let soFar = 0;
      for (const part of split) {
        const fits = soFar + part < 10_000;
        if (fits) soFar += part;
        expect(await reverse(id, part)).toBe(fits ? `PARTLY_REVERSED ${soFar}` : 'part_too_large');
      }
      expect(await reverse(id)).toBe(`REVERSED ${soFar}`);
      expect(await balancesOf(offerId)).toEqual({});
    }),
    { numRuns: 12 },
  );
}, 60_000);

test('more than is left is refused and changes nothing; so is anything after the whole', async () => {
  const { offerId, id } = await claimed();
  expect(await reverse(id, 9_000)).toBe('PARTLY_REVERSED 9000');
  const before = await balancesOf(offerId);
  expect(await reverse(id, 1_000)).toBe('part_too_large');
  expect(await reverse(id, 9_999)).toBe('part_too_large');
  expect(await balancesOf(offerId)).toEqual(before);
  expect(await reverse(id, 999)).toBe('PARTLY_REVERSED 9999');
  expect(await reverse(id)).toBe('REVERSED 9999');
  expect(await reverse(id, 1)).toBe('wrong_state');
  expect(await reverse(id)).toBe('wrong_state');
});

test('a hold has nothing to take back in parts; what was confirmed or fulfilled has', async () => {
  const { id } = await claimed(hold(60));
  const principal = world.partner();
  expect(await reverse(id, 5_000)).toBe('wrong_state');
  await world.ports.db.tx((tx) => confirmRedemption(tx, world.ports, { principal, id, presented: undefined }));
  await world.ports.db.tx((tx) => fulfilRedemption(tx, world.ports, { principal, id }));
  expect(await reverse(id, 5_000)).toBe('PARTLY_REVERSED 5000');
  await expect(world.ports.db.tx((tx) => fulfilRedemption(tx, world.ports, { principal, id }))).rejects.toMatchObject({
    code: 'wrong_state',
  });
});

test('twenty parts at once are each counted once, and never pass the whole', async () => {
  const { offerId, id } = await claimed();
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => reverse(id, 700)));
  expect(outcomes.filter((outcome) => outcome.startsWith('PARTLY_REVERSED')).sort()).toHaveLength(14);
  expect(outcomes.filter((outcome) => outcome === 'part_too_large')).toHaveLength(6);
  expect(await reverse(id)).toBe('REVERSED 9800');
  expect(await balancesOf(offerId)).toEqual({});
});

test('a part and the whole at once end in one reversal and no money left', async () => {
  for (let round = 0; round < 5; round++) {
    const { offerId, id } = await claimed();
    const outcomes = await Promise.all([reverse(id, 4_321), reverse(id), reverse(id, 1_234), reverse(id)]);
    expect(outcomes.filter((outcome) => outcome.startsWith('REVERSED'))).toHaveLength(1);
    expect(await balancesOf(offerId)).toEqual({});
    expect(await world.units(offerId)).toMatchObject({ redeemed: 0 });
  }
});

test('each part tells the partner what it took back', async () => {
  const { offerId, id } = await claimed();
  await reverse(id, 2_500);
  await reverse(id, 2_500);
  const { rows } = await world.owner.query(
    `SELECT data FROM chung.outbox WHERE shard_id = $1 AND type = 'redemption.partly_reversed.v1' ORDER BY txid, id`,
    [offerId],
  );
  expect(rows.map(({ data }: { data: object }) => data)).toMatchObject([
    { partBasisPoints: 2_500, reversedBasisPoints: 2_500, feeMinor: 500, vatMinor: 40, reason: 'Giao thiếu', state: 'PARTLY_REVERSED' },
    { partBasisPoints: 2_500, reversedBasisPoints: 5_000, feeMinor: 500, vatMinor: 40 },
  ]);
});
