// The fake platform through the client partners use: it must take and refuse as the real one does.
import { ApiError, createClient, UnreachableError } from '@chung/client';
import { receiptKeys, verifyPresentation, verifyReceipt } from '@chung/client/receipt';
import { EVENT_TYPES, type MemberScope, PartnerEvent } from '@chung/contracts';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { connectFakePartner, createFakePlatform, FAKE_ISSUER, FAKE_PARTNER, type FakeMember } from './index.ts';

const NOW = '2026-11-22T13:00:00.000Z';
const ALL: readonly MemberScope[] = ['openid', 'member.profile:read', 'offers:read', 'redemptions:read', 'redemptions:claim'];

function started(scopes = ALL) {
  const platform = createFakePlatform({ startAt: NOW });
  const as = (member: FakeMember, attempts = 1) => {
    const token = platform.memberToken(member, scopes);
    return createClient({ baseUrl: FAKE_ISSUER, fetch: platform.fetch, attempts, headers: () => ({ authorization: `Bearer ${token}` }) });
  };
  const partner = connectFakePartner(platform, {
    scopes: [
      'partner.offers:read',
      'partner.redemptions:read',
      'partner.redemptions:fulfil',
      'partner.redemptions:reverse',
      'partner.events:read',
    ],
  });
  return { platform, as, lan: as(platform.members.lan), partner };
}

const caught = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'no error',
    (error: unknown) => error,
  );
const codeOf = async (attempt: Promise<unknown>) => {
  const error = await caught(attempt);
  return error instanceof ApiError ? error.code : error;
};

describe('a redemption', () => {
  test('at the counter: held, shown, confirmed, fulfilled, taken back in parts, each with its event', async () => {
    const { platform, lan, partner } = started();
    const offerId = platform.offers.counter.id;
    const held = await lan.call('offers.claim', { params: { offerId } });
    expect(held).toMatchObject({ state: 'RESERVED', expiresAt: '2026-11-22T13:30:00.000Z', partner: { name: FAKE_PARTNER.name } });
    const redemptionId = held.id;
    const { presentation } = await lan.call('redemptions.receipt', { params: { redemptionId } });
    expect(await partner.partner.redemptions.confirm({ redemptionId, presented: presentation })).toMatchObject({
      state: 'REDEEMED',
      expiresAt: null,
    });
    expect(await codeOf(partner.partner.redemptions.confirm({ redemptionId, presented: presentation }))).toBe('receipt_already_used');
    expect(await codeOf(partner.partner.redemptions.confirm({ redemptionId }))).toBe('wrong_state');
    expect(await partner.partner.redemptions.fulfil({ redemptionId })).toMatchObject({ state: 'FULFILLED', memberRef: 'ref-lan' });
    const part = { redemptionId, reason: 'một phần', partBasisPoints: 6_000 };
    expect(await partner.partner.redemptions.reverse(part)).toMatchObject({ state: 'PARTLY_REVERSED', reversedBasisPoints: 6_000 });
    expect(await codeOf(partner.partner.redemptions.reverse(part))).toBe('part_too_large');
    expect(await partner.partner.redemptions.reverse({ redemptionId, reason: 'trả hàng' })).toMatchObject({ state: 'REVERSED' });
    const { items } = await partner.partner.events.list();
    expect(items.map(({ type }) => type.replace('redemption.', ''))).toEqual([
      'reserved.v1',
      'redeemed.v1',
      'fulfilled.v1',
      'partly_reversed.v1',
      'reversed.v1',
    ]);
    for (const event of items) expect(PartnerEvent.parse(event)).toEqual(event);
    expect(items.map(({ id }) => id)).toEqual(items.map(({ id }) => id).toSorted());
  });

  test('a hold lapses by the clock, with its event, and the unit is free again', async () => {
    const { platform, as, lan, partner } = started();
    const { id: redemptionId } = await lan.call('offers.claim', { params: { offerId: platform.offers.counter.id } });
    platform.clock.advance(30 * 60 - 1);
    expect(await as(platform.members.lan).call('redemptions.get', { params: { redemptionId } })).toMatchObject({ state: 'RESERVED' });
    platform.clock.advance(1);
    expect(await codeOf(lan.call('redemptions.get', { params: { redemptionId } }))).toBe('invalid_token');
    expect(await as(platform.members.lan).call('redemptions.get', { params: { redemptionId } })).toMatchObject({
      state: 'EXPIRED',
      expiresAt: null,
    });
    expect(await codeOf(partner.partner.redemptions.confirm({ redemptionId }))).toBe('reservation_expired');
    expect(platform.store.events.at(-1)).toMatchObject({ type: 'redemption.expired.v1', occurredAt: '2026-11-22T13:30:00.000Z' });
    expect(await partner.partner.offers.get({ offerId: platform.offers.counter.id })).toMatchObject({
      counts: { available: 100, held: 0 },
    });
  });

  test('is refused as the platform refuses: sold out, over the limit, not eligible, not there', async () => {
    const { platform, as, lan } = started();
    const { minh, hoa } = platform.members;
    const claim = (client: typeof lan, offer: { id: typeof platform.offers.scarce.id }) =>
      client.call('offers.claim', { params: { offerId: offer.id } });
    await claim(lan, platform.offers.scarce);
    expect(await codeOf(claim(as(minh), platform.offers.scarce))).toBe('offer_sold_out');
    await claim(lan, platform.offers.instant);
    expect(await codeOf(claim(lan, platform.offers.instant))).toBe('limit_reached');
    // Which condition a member misses is a fact about them: an app is told only with the scope that opens it.
    expect(await caught(claim(as(hoa), platform.offers.counter))).toMatchObject({ code: 'not_eligible', reasons: [] });
    platform.grant(hoa, 'member.membership:read');
    const app = platform.asMember(hoa);
    const told = platform.invoke(app, 'offers.claim', { params: { offerId: platform.offers.counter.id }, idempotencyKey: 'k' });
    expect(await caught(told)).toMatchObject({ code: 'not_eligible', reasons: [{ fact: 'verified' }] });
    const later = platform.addOffer({ window: { startsAt: '2027-01-01T00:00:00Z', endsAt: '2027-02-01T00:00:00Z' } });
    expect(await codeOf(claim(lan, later))).toBe('offer_not_open');
    const forOfficers = platform.addOffer({
      eligibility: {
        version: 1,
        all: [
          { fact: 'role', in: ['officer'] },
          { fact: 'age', atLeastYears: 18, belowYears: 30 },
        ],
      },
    });
    expect(await codeOf(claim(as(minh), forOfficers))).toBe('not_eligible');
    expect(await claim(lan, forOfficers)).toMatchObject({ state: 'REDEEMED', code: null });
    const [own] = (await lan.call('redemptions.list')).items;
    expect(await codeOf(as(minh).call('redemptions.get', { params: { redemptionId: own?.id ?? (forOfficers.id as never) } }))).toBe(
      'not_found',
    );
  });

  test('under the same key answers the same for ever, and another request under it is refused', async () => {
    const { platform, lan } = started();
    const params = { offerId: platform.offers.counter.id };
    const [one, two] = await Promise.all([1, 2].map(() => lan.call('offers.claim', { params, idempotencyKey: 'k' })));
    expect(two).toEqual(one);
    expect(platform.store.redemptions.size).toBe(1);
    expect(await codeOf(lan.call('offers.claim', { params: { offerId: platform.offers.instant.id }, idempotencyKey: 'k' }))).toBe(
      'idempotency_key_reused',
    );
  });

  test('has a receipt and a QR that verify offline, for its partner only, and a QR is taken once', async () => {
    const { platform, lan, partner } = started();
    const { id: redemptionId } = await lan.call('offers.claim', { params: { offerId: platform.offers.counter.id } });
    const { receipt, presentation } = await lan.call('redemptions.receipt', { params: { redemptionId } });
    const keys = receiptKeys(`${FAKE_ISSUER}/.well-known/chung-receipt-keys.json`, { fetch: platform.fetch, now: platform.clock.now });
    const options = { keys, issuer: FAKE_ISSUER, audience: FAKE_PARTNER.id, now: platform.clock.now() };
    expect(await verifyReceipt(receipt, options)).toMatchObject({ redemptionId, state: 'RESERVED', memberRef: 'ref-lan' });
    expect(await verifyPresentation(presentation, options)).toMatchObject({ redemptionId });
    await expect(verifyReceipt(receipt, { ...options, audience: redemptionId })).rejects.toMatchObject({ reason: 'wrong_audience' });
    // Looking up uses nothing up.
    for (let i = 0; i < 2; i++)
      expect(await partner.partner.redemptions.lookup({ presented: presentation })).toMatchObject({ id: redemptionId });
    platform.clock.advance(121);
    const { presentation: next } = await lan.call('redemptions.receipt', { params: { redemptionId } });
    platform.clock.advance(121);
    expect(await codeOf(partner.partner.redemptions.confirm({ redemptionId, presented: next }))).toBe('receipt_invalid');
  });
});

describe('who calls', () => {
  test('sees of a member what their scopes open, and loses it with a withdrawal at once', async () => {
    const { platform, lan } = started();
    expect(Object.keys(await lan.call('me.get')).toSorted()).toEqual(['id', 'profile']);
    platform.withdraw(platform.members.lan, 'member.profile:read');
    expect(await lan.call('me.get')).toEqual({ id: 'ref-lan' });
    platform.withdraw(platform.members.lan, 'offers:read');
    expect(await caught(lan.call('offers.list'))).toMatchObject({ code: 'insufficient_scope', requiredScopes: ['offers:read'] });
    expect(platform.store.events.map(({ data }) => data['scope'])).toEqual(['member.profile:read', 'offers:read']);
  });

  test('needs a token that lasts and is of the right kind; provinces are for anybody', async () => {
    const { platform, lan } = started();
    const anybody = createClient({ baseUrl: FAKE_ISSUER, fetch: platform.fetch });
    expect((await anybody.call('provinces.list')).items.length).toBeGreaterThan(1);
    expect(await codeOf(anybody.call('offers.list'))).toBe('unauthenticated');
    const partnerToken = platform.partnerToken(['partner.offers:read']);
    const backend = createClient({
      baseUrl: FAKE_ISSUER,
      fetch: platform.fetch,
      headers: () => ({ authorization: `Bearer ${partnerToken}` }),
    });
    expect((await backend.call('partner.offers.list')).items).toHaveLength(3);
    expect(await codeOf(backend.call('offers.list'))).toBe('insufficient_scope');
    const confused = platform.invoke({ ...platform.asPartner(), scopes: new Set(['openid']) }, 'me.get');
    expect(await codeOf(confused)).toBe('wrong_actor');
    expect(await codeOf(backend.call('partner.events.list'))).toBe('insufficient_scope');
    platform.clock.advance(601);
    expect(await codeOf(lan.call('offers.list'))).toBe('invalid_token');
  });

  test('gets pages, and a list of events that never ends', async () => {
    const { platform, lan, partner } = started();
    const all: string[] = [];
    for await (const offer of lan.pages('offers.list', { limit: 1 })) all.push(offer.id);
    expect(all).toHaveLength(3);
    expect(await codeOf(lan.call('offers.list', { query: { cursor: 'nonsense' } }))).toBe('invalid_cursor');
    expect((await lan.call('offers.list', { query: { q: 'quầy', category: 'services' } })).items).toHaveLength(1);
    const empty = await partner.partner.events.list();
    expect(empty).toMatchObject({ items: [], nextCursor: expect.any(String) });
    await lan.call('offers.claim', { params: { offerId: platform.offers.instant.id } });
    const cursor = empty.nextCursor ?? '';
    expect((await partner.partner.events.list({ cursor })).items.map(({ type }) => type)).toEqual(['redemption.redeemed.v1']);
  });

  test('begins to read events where it says: at what is to come, or at a moment of the clock', async () => {
    const { platform, lan, partner } = started();
    const claim = () => lan.call('offers.claim', { params: { offerId: platform.offers.instant.id } });
    const begin = platform.clock.now().toISOString();
    const { id: old } = await claim();
    platform.clock.advance(5 * 60);
    const now = await partner.partner.events.list({ from: 'now' });
    expect(now.items).toEqual([]);
    expect((await partner.partner.events.list({ from: begin })).items.map(({ data }) => data['redemptionId'])).toEqual([old]);
    expect((await partner.partner.events.list({ from: platform.clock.now().toISOString() })).items).toEqual([]);
    const later = await partner.partner.events.list({ from: platform.clock.now().toISOString() });
    const other = await lan.call('offers.claim', { params: { offerId: platform.offers.counter.id } });
    for (const { nextCursor } of [now, later]) {
      const { items } = await partner.partner.events.list({ cursor: nextCursor ?? '' });
      expect(items.map(({ data }) => data['redemptionId'])).toEqual([other.id]);
    }
  });

  test('is told what is wrong in the language they read, and what is not there', async () => {
    const { platform, lan } = started();
    const bad = await caught(lan.call('offers.list', { query: { limit: 5_000 } }));
    expect(bad).toMatchObject({
      code: 'invalid_request',
      status: 400,
      fields: [{ path: 'query.limit' }],
      title: 'Yêu cầu không đúng định dạng.',
    });
    const english = await platform.fetch(`${FAKE_ISSUER}/v1/offers`, { headers: { 'accept-language': 'en-GB, vi;q=0.5' } });
    expect(await english.json()).toMatchObject({ code: 'unauthenticated', title: 'A valid token or session is needed.' });
    expect((await platform.fetch(`${FAKE_ISSUER}/v1/nowhere`)).status).toBe(404);
    expect((await platform.fetch(`${FAKE_ISSUER}/v1/offers`, { method: 'DELETE' })).status).toBe(405);
  });
});

describe('faults', () => {
  test('each is as it is in earnest, and off again afterwards', async () => {
    const { platform, lan } = started();
    const list = () => lan.call('offers.list');
    const { switches } = platform;
    expect(await switches.during({ token: 'expired' }, () => codeOf(list()))).toBe('invalid_token');
    expect(await switches.during({ deniedScopes: ['offers:read'] }, () => codeOf(list()))).toBe('insufficient_scope');
    expect(await switches.during({ network: 'unreachable' }, () => caught(list()))).toBeInstanceOf(UnreachableError);
    const limited = await switches.during({ rate: { retryAfterSeconds: 7 } }, () => caught(list()));
    expect(limited).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 7 });
    const began = performance.now();
    await switches.during({ latencySeconds: 0.1 }, list);
    expect(performance.now() - began).toBeGreaterThan(95);
    expect((await list()).items).toHaveLength(3);
    await expect(switches.during({ network: 'unreachable' }, () => Promise.reject(new Error('test')))).rejects.toThrow('test');
    switches.set({ network: 'unreachable' });
    switches.reset();
    expect((await list()).items).toHaveLength(3);
  });

  test('an answer that is lost has taken effect: the repeat under the same key gets the first answer', async () => {
    const { platform, lan } = started();
    const claim = () => lan.call('offers.claim', { params: { offerId: platform.offers.counter.id }, idempotencyKey: 'k' });
    expect(await platform.switches.during({ network: 'answers_lost' }, () => caught(claim()))).toBeInstanceOf(UnreachableError);
    expect(platform.store.redemptions.size).toBe(1);
    expect(await claim()).toMatchObject({ state: 'RESERVED' });
    expect(platform.store.redemptions.size).toBe(1);
    expect(platform.calls.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });

  test('a slow answer can be given up', async () => {
    const { platform, lan } = started();
    const given = platform.switches.during({ latencySeconds: 30 }, () =>
      caught(lan.call('offers.list', { signal: AbortSignal.timeout(20) })),
    );
    expect(await given).toMatchObject({ name: 'TimeoutError' });
  });
});

describe('the partner’s client', () => {
  test('is typed as the real one, and refuses a start without its scopes', async () => {
    const platform = createFakePlatform();
    const chung = connectFakePartner(platform, { scopes: ['partner.offers:read'], optional: ['partner.events:read'] });
    expectTypeOf((await chung.partner.offers.list()).items).toBeArray();
    // @ts-expect-error optional
    await chung.partner.events.list();
    if (chung.has('partner.events:read')) expect((await chung.partner.events.list()).items).toEqual([]);
    platform.switches.set({ deniedScopes: ['partner.offers:read'] });
    expect(() => connectFakePartner(platform, { scopes: ['partner.offers:read'] })).toThrow('partner.offers:read');
  });
});

test('every event it writes is one of the contracts', () => {
  const { platform } = started();
  for (const { type, data } of platform.store.events) expect(Object.hasOwn(EVENT_TYPES, type) && data).toBeTruthy();
});
