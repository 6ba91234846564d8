// Days of a fake platform, made up: whatever members, partners and time do, and in whatever order, its books agree.
import type { OfferId, OperationId, RedemptionState } from '@chung/contracts';
import { EVENT_TYPES } from '@chung/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFakePlatform, FAKE_PARTNER, type FakePlatform } from '../index.ts';
import { Refusal } from '../refusal.ts';
import type { FakeOffer, FakeRedemption } from './records.ts';
import { isLive, unitsOf } from './units.ts';

const NOW = '2026-11-22T13:00:00Z';
const STOCK = 2;

type Person = 'lan' | 'minh' | 'hoa';
type Step =
  | { readonly as: Person; readonly do: 'claim' | 'join' | 'leave' | 'cancel' }
  | { readonly as: 'partner'; readonly do: 'confirm' | 'fulfil' | 'reverse' | 'part' | 'more' | 'less' }
  | { readonly as: 'clock'; readonly minutes: number };

const person = fc.constantFrom<Person>('lan', 'minh', 'hoa');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ as: person, do: fc.constant('claim' as const) }) },
  { weight: 3, arbitrary: fc.record({ as: person, do: fc.constantFrom('join' as const, 'leave' as const, 'cancel' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      as: fc.constant('partner' as const),
      do: fc.constantFrom('confirm', 'fulfil', 'reverse', 'part', 'more', 'less'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ as: fc.constant('clock' as const), minutes: fc.constantFrom(1, 10, 30, 31, 1_440) }) },
);

function world() {
  const platform = createFakePlatform({ startAt: NOW });
  const offer = platform.addOffer({
    ...{ stock: STOCK, codes: 'pool', limits: { perMember: 2, perMemberPerDay: null } },
    fulfilment: { mode: 'partner_confirmed', holdMinutes: 30 },
    allocation: { mode: 'first_come', waitingList: 'on', acceptMinutes: 10 },
  });
  for (let i = 0; i < 20; i++) offer.pool.add(`MORE-${String(i).padStart(4, '0')}`);
  let keys = 0;
  const call = async (as: Person | 'partner', id: OperationId, params: object, body?: object) => {
    const caller =
      as === 'partner'
        ? platform.asPartner()
        : { actor: 'member' as const, member: platform.members[as], partnerId: null, scopes: EVERYTHING };
    keys += 1;
    await platform.invoke(caller, id, { params: { ...params }, ...(body && { body }), idempotencyKey: `k-${keys}` }).catch(onlyRefusals);
  };
  return { platform, offer, call };
}
const EVERYTHING = new Set(['offers:read', 'redemptions:claim', 'redemptions:read'] as const);

/** Refused is an answer like another; anything else is a bug of the fake. */
function onlyRefusals(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'ApiError') throw error;
}

const newestOf = (platform: FakePlatform, matches: (one: FakeRedemption) => boolean = () => true) =>
  [...platform.store.redemptions.values()].findLast(matches);

async function take(one: Step, { platform, offer, call }: ReturnType<typeof world>): Promise<void> {
  if (one.as === 'clock') return platform.clock.advance(one.minutes * 60);
  const params: { offerId: OfferId } = { offerId: offer.id };
  if (one.as !== 'partner') {
    const own = newestOf(platform, ({ member }) => member.id === platform.members[one.as].id);
    if (one.do === 'cancel') return call(one.as, 'redemptions.cancel', { redemptionId: own?.id ?? offer.id }, {});
    if (one.do === 'claim') return call(one.as, 'offers.claim', params, {});
    return call(one.as, one.do === 'join' ? 'offers.queue.join' : 'offers.queue.leave', params);
  }
  if (one.do === 'more' || one.do === 'less')
    return call('partner', 'partner.offers.change', params, { stock: Math.max(1, offer.terms.stock + (one.do === 'more' ? 1 : -1)) });
  const redemptionId = newestOf(platform)?.id ?? offer.id;
  const reversal = { reason: 'trả hàng', ...(one.do === 'part' && { partBasisPoints: 3_000 }) };
  const name = one.do === 'part' ? 'reverse' : one.do;
  return call('partner', `partner.redemptions.${name}`, { redemptionId }, name === 'reverse' ? reversal : {});
}

/** Brings about what is due, as every call does first. */
const settled = (platform: FakePlatform) => platform.invoke(platform.asPartner(), 'partner.profile.get');

function assertUnits(platform: FakePlatform, offer: FakeOffer): void {
  const units = unitsOf(platform.store, offer);
  expect(units.available).toBeGreaterThanOrEqual(0);
  expect(units.held + units.redeemed + units.promised + units.available).toBe(offer.terms.stock);
  // A unit never stands free while somebody who may take it waits.
  const waiting = platform.store.entriesOf(offer).filter(({ state }) => state === 'WAITING');
  const free = waiting.filter(({ member }) => {
    const own = [...platform.store.redemptions.values()].filter((one) => one.member.id === member.id && isLive(one));
    return own.length === 0;
  });
  expect(units.available > 0 && free.length > 0).toBe(false);
}

function assertMembers(platform: FakePlatform, offer: FakeOffer): void {
  for (const member of Object.values(platform.members)) {
    const own = [...platform.store.redemptions.values()].filter((one) => one.member.id === member.id && isLive(one));
    expect(own.length).toBeLessThanOrEqual(2);
    const entries = platform.store.entriesOf(offer).filter((entry) => entry.member.id === member.id);
    expect(entries.filter(({ state }) => ['ENTERED', 'WAITING', 'PROMISED'].includes(state)).length).toBeLessThanOrEqual(1);
  }
  const codes = [...platform.store.redemptions.values()].map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
}

const NEXT: Readonly<Record<RedemptionState, readonly RedemptionState[]>> = {
  RESERVED: ['REDEEMED', 'RELEASED', 'EXPIRED'],
  REDEEMED: ['FULFILLED', 'PARTLY_REVERSED', 'REVERSED'],
  FULFILLED: ['PARTLY_REVERSED', 'REVERSED'],
  PARTLY_REVERSED: ['PARTLY_REVERSED', 'REVERSED'],
  RELEASED: [],
  EXPIRED: [],
  REVERSED: [],
};

/** The events of each redemption tell its way through the states and end where it stands. */
function assertEvents({ store }: FakePlatform): void {
  const { events } = store;
  expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted());
  expect(events.map(({ occurredAt }) => occurredAt)).toEqual(events.map(({ occurredAt }) => occurredAt).toSorted());
  for (const { type, data } of events) expect(EVENT_TYPES[type].safeParse(data).success).toBe(true);
  for (const redemption of store.redemptions.values()) {
    const way = events.filter(({ data }) => data['redemptionId'] === redemption.id).map(({ data }) => data['state'] as RedemptionState);
    expect(way[0]).toBe('RESERVED');
    expect(way.at(-1)).toBe(redemption.state);
    for (const [index, state] of way.slice(1).entries()) expect(NEXT[way[index] ?? 'REVERSED']).toContain(state);
  }
}

/** Fees that stand are those of what was used, less what was taken back. */
function assertMoney({ store }: FakePlatform): void {
  const sums = [...store.ledger.sumsOf(FAKE_PARTNER.id)].map(([, { debitMinor, creditMinor }]) => debitMinor - creditMinor);
  expect(sums.reduce((sum, balance) => sum + balance, 0)).toBe(0);
  const used = [...store.redemptions.values()].filter(({ state }) => ['REDEEMED', 'FULFILLED', 'PARTLY_REVERSED'].includes(state));
  const owed = used.reduce((sum, one) => sum + 2_000 * (1 - one.reversedBasisPoints / 10_000), 0);
  expect(store.ledger.sumsOf(FAKE_PARTNER.id).get('4110')?.creditMinor ?? 0).toBe(
    owed + (store.ledger.sumsOf(FAKE_PARTNER.id).get('4110')?.debitMinor ?? 0),
  );
}

test('units, limits, codes, places, events and money agree after every step', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 60, size: 'max' }), async (steps) => {
      const one = world();
      for (const next of steps) {
        await take(next, one);
        await settled(one.platform);
        assertUnits(one.platform, one.offer);
        assertMembers(one.platform, one.offer);
      }
      assertEvents(one.platform);
      assertMoney(one.platform);
      expect(one.platform.calls.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('fifty claims at the same moment take no more units than there are', async () => {
  const { platform, offer, call } = world();
  const people: readonly Person[] = ['lan', 'minh', 'hoa'];
  await Promise.all(Array.from({ length: 50 }, (_, index) => call(people[index % 3] ?? 'lan', 'offers.claim', { offerId: offer.id }, {})));
  expect(platform.store.redemptions.size).toBe(STOCK);
  expect(unitsOf(platform.store, offer)).toMatchObject({ held: STOCK, available: 0 });
});

test('a refusal leaves nothing behind: no redemption, no event, no key', async () => {
  const { platform, offer } = world();
  const sold = platform.addOffer({ stock: 1 });
  platform.store.claim(platform.members.minh, sold);
  const before = platform.store.events.length;
  platform.grant(platform.members.lan, 'redemptions:claim');
  const events = platform.store.events.length;
  const claim = (offerId: OfferId) =>
    platform.invoke(platform.asMember(platform.members.lan), 'offers.claim', { params: { offerId }, idempotencyKey: 'mine' });
  await expect(claim(sold.id)).rejects.toMatchObject({ code: 'offer_sold_out' });
  expect([events - before, platform.store.events.length, platform.store.claimKeys.size]).toEqual([1, events, 0]);
  expect(await claim(offer.id)).toMatchObject({ state: 'RESERVED' });
  expect(new Refusal('not_found', {}).message).toBe('not_found');
});
