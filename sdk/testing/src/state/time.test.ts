// What the clock brings about: one long step must end where many short ones do.
import { createClient } from '@chung/client';
import { checkDraw } from '@chung/client/draw';
import { describe, expect, test } from 'vitest';
import { createFakePlatform, FAKE_ISSUER, type FakeMember, type FakePlatform } from '../index.ts';

const NOW = '2026-11-22T13:00:00.000Z';
const MINUTE = 60;

const clientOf = (platform: FakePlatform, member: FakeMember) => {
  const token = platform.memberAppToken(member, { lifeSeconds: 10 ** 8 });
  return createClient({ baseUrl: FAKE_ISSUER, fetch: platform.fetch, headers: () => ({ authorization: `Bearer ${token}` }) });
};

/** One unit, held by Lan for half an hour; Minh and then Hoa wait, with ten minutes each to accept. */
async function line() {
  const platform = createFakePlatform({ startAt: NOW });
  const offer = platform.addOffer({
    stock: 1,
    fulfilment: { mode: 'partner_confirmed', holdMinutes: 30 },
    allocation: { mode: 'first_come', waitingList: 'on', acceptMinutes: 10 },
  });
  const params = { offerId: offer.id };
  const { lan, minh, hoa } = platform.members;
  const [first, second, third] = [clientOf(platform, lan), clientOf(platform, minh), clientOf(platform, hoa)];
  await first.call('offers.claim', { params });
  await second.call('offers.queue.join', { params });
  await third.call('offers.queue.join', { params });
  const look = async () => [
    (await second.call('offers.queue.get', { params })).state,
    (await third.call('offers.queue.get', { params })).state,
  ];
  return { platform, params, look, first, second, third };
}

describe('a waiting list', () => {
  test.each([
    [0, ['WAITING', 'WAITING']],
    [29, ['WAITING', 'WAITING']],
    [30, ['PROMISED', 'WAITING']],
    [39, ['PROMISED', 'WAITING']],
    [40, ['LAPSED', 'PROMISED']],
    [50, ['LAPSED', 'LAPSED']],
    [5_000, ['LAPSED', 'LAPSED']],
  ])('after %i minutes stands the same by one step as by many', async (minutes, states) => {
    const [once, often] = [await line(), await line()];
    once.platform.clock.advance(minutes * MINUTE);
    for (let i = 0; i < minutes; i += 5) {
      often.platform.clock.advance(Math.min(5, minutes - i) * MINUTE);
      await often.look();
    }
    expect(await once.look()).toEqual(states);
    expect(await often.look()).toEqual(states);
    const told = ({ platform }: typeof once) => platform.store.events.map(({ type, occurredAt }) => [type, occurredAt]);
    expect(told(once)).toEqual(told(often));
  });

  test('keeps a promised unit from everybody else, until it is taken by whose turn it is', async () => {
    const { platform, params, first, second, look } = await line();
    platform.clock.advance(30 * MINUTE);
    await expect(first.call('offers.claim', { params })).rejects.toMatchObject({ code: 'offer_sold_out' });
    expect(await second.call('offers.queue.get', { params })).toMatchObject({ promisedUntil: '2026-11-22T13:40:00.000Z' });
    platform.clock.advance(10 * MINUTE - 1);
    expect(await second.call('offers.claim', { params })).toMatchObject({ state: 'RESERVED' });
    expect(await look()).toEqual(['TAKEN', 'WAITING']);
  });

  test('passes over for today who has used up their day, and serves them tomorrow', async () => {
    const platform = createFakePlatform({ startAt: '2026-11-22T15:00:00Z' });
    const offer = platform.addOffer({
      stock: 2,
      limits: { perMember: 5, perMemberPerDay: 1 },
      fulfilment: { mode: 'partner_confirmed', holdMinutes: 60 },
      allocation: { mode: 'first_come', waitingList: 'on', acceptMinutes: 10 },
    });
    const params = { offerId: offer.id };
    const { lan, minh } = platform.members;
    const [first, second] = [clientOf(platform, lan), clientOf(platform, minh)];
    const kept = await first.call('offers.claim', { params });
    const given = await second.call('offers.claim', { params });
    await platform.invoke(platform.asPartner(), 'partner.redemptions.confirm', { params: { redemptionId: kept.id }, idempotencyKey: 'k' });
    await first.call('offers.queue.join', { params });
    await second.call('redemptions.cancel', { params: { redemptionId: given.id } });
    expect(await first.call('offers.queue.get', { params })).toMatchObject({ state: 'WAITING', place: 1 });
    // Vietnam's day ends at 17:00 UTC.
    platform.clock.stopAt('2026-11-22T17:00:00Z');
    expect(await first.call('offers.queue.get', { params })).toMatchObject({ state: 'PROMISED' });
  });

  test('is over when the offer ends, and with terms that have none', async () => {
    const { platform, params, look } = await line();
    const offer = platform.store.offers.get(params.offerId);
    if (!offer) throw new Error('the offer is there');
    offer.terms = { ...offer.terms, window: { ...offer.terms.window, endsAt: '2026-11-22T13:20:00Z' } };
    platform.clock.advance(20 * MINUTE);
    expect(await look()).toEqual(['CLOSED', 'CLOSED']);
  });
});

describe('a lottery', () => {
  async function drawn(stock = 2) {
    const platform = createFakePlatform({ startAt: NOW });
    const offer = platform.addOffer({
      stock,
      allocation: { mode: 'lottery', entriesFrom: NOW, entriesUntil: '2026-11-22T14:00:00Z', acceptMinutes: 10 },
    });
    const params = { offerId: offer.id };
    const clients = Object.values(platform.members).map((member) => clientOf(platform, member));
    for (const client of clients) await client.call('offers.queue.join', { params });
    return { platform, params, clients };
  }

  test('is drawn when its entries end, as anybody can recompute, and never before', async () => {
    const { platform, params } = await drawn();
    const anybody = createClient({ baseUrl: FAKE_ISSUER, fetch: platform.fetch });
    const before = await anybody.call('draws.get', { params });
    expect(before).toMatchObject({ state: 'OPEN', seed: null, digest: null, tickets: null });
    expect(await checkDraw(anybody, params.offerId)).toMatchObject({ verified: false, problems: ['not_drawn'] });
    platform.clock.advance(60 * MINUTE);
    const check = await checkDraw(anybody, params.offerId);
    expect(check).toMatchObject({
      verified: true,
      problems: [],
      draw: { state: 'DRAWN', tickets: 3, units: 2, drawnAt: '2026-11-22T14:00:00.000Z' },
    });
    expect(check.draw.commitment).toBe(before.commitment);
  });

  test('promises the units to the first ranks, and what lapses to the next', async () => {
    const { platform, params, clients } = await drawn();
    platform.clock.advance(60 * MINUTE);
    const states = async () => {
      const entries = await Promise.all(clients.map((client) => client.call('offers.queue.get', { params })));
      return entries.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0)).map(({ state }) => state);
    };
    expect(await states()).toEqual(['PROMISED', 'PROMISED', 'WAITING']);
    platform.clock.advance(10 * MINUTE);
    expect(await states()).toEqual(['LAPSED', 'LAPSED', 'PROMISED']);
  });

  test('is drawn once, also when many look at the same moment', async () => {
    const { platform, params, clients } = await drawn(1);
    platform.clock.advance(60 * MINUTE);
    const looks = await Promise.all([...clients, ...clients].map((client) => client.call('offers.queue.get', { params })));
    expect(looks.filter(({ state }) => state === 'PROMISED')).toHaveLength(2);
    expect(new Set(looks.map(({ ticket, rank }) => `${ticket} ${rank}`)).size).toBe(3);
  });
});
