// That nothing is left out, and what only the clock, the reviewer and the admin bring about.
import { ApiError } from '@chung/client';
import { OPERATIONS, type OperationId } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { createFakePlatform, FAKE_PARTNER, OTHER_PARTNER } from '../index.ts';
import type { Caller } from '../plays.ts';

const NOW = '2026-11-22T13:00:00.000Z';

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'ok',
    (error: unknown) => (error instanceof ApiError ? error.code : error),
  );

test.each(OPERATIONS.filter(({ actor }) => actor !== 'admin').map(({ id }) => id))('%s is played', async (id) => {
  const platform = createFakePlatform();
  const spec = OPERATIONS.find((one) => one.id === id);
  const everybody: Record<string, Caller> = {
    member: { ...platform.asMember(platform.members.lan), scopes: new Set(spec?.scope ? [spec.scope] : []) },
    partner: platform.asPartner(),
    public: { actor: 'public', scopes: new Set() },
  };
  const caller = everybody[spec?.actor ?? 'public'];
  if (!caller) throw new Error('an actor without a caller');
  const answer = await codeOf(platform.invoke(caller, id, { idempotencyKey: 'k' }));
  // Without fields most are refused; what is not played at all would say `internal`, and a bug anything else.
  expect(['ok', 'invalid_request', 'validation_failed', 'unsupported_media_type', 'not_found']).toContain(answer);
});

test('what only admins call is refused as the registry has it, and not played', async () => {
  const platform = createFakePlatform();
  const admin: OperationId = 'admin.submissions.list';
  expect(await codeOf(platform.invoke(platform.asPartner(), admin))).toBe('internal');
});

describe('a partner that is stopped', () => {
  test('can do nothing, nor can its app, and its offers are closed; reinstated, all goes on', async () => {
    const platform = createFakePlatform({ startAt: NOW });
    const { lan } = platform.members;
    const appToken = platform.memberToken(lan, ['offers:read']);
    const over = (token: string, path: string) =>
      platform.fetch(`https://chung.test${path}`, { headers: { authorization: `Bearer ${token}` } }).then((response) => response.status);
    const memberApp = platform.memberAppToken(lan);
    expect([await over(appToken, '/v1/offers'), await over(memberApp, `/v1/offers/${platform.offers.instant.id}`)]).toEqual([200, 200]);
    platform.setPartnerStatus(FAKE_PARTNER, 'suspended');
    expect(await codeOf(platform.invoke(platform.asPartner(), 'partner.profile.get'))).toBe('partner_not_active');
    expect([await over(appToken, '/v1/offers'), await over(memberApp, `/v1/offers/${platform.offers.instant.id}`)]).toEqual([403, 404]);
    expect(await codeOf(platform.invoke(platform.asPartner(undefined, OTHER_PARTNER), 'partner.profile.get'))).toBe('ok');
    platform.setPartnerStatus(FAKE_PARTNER, 'active');
    expect(await over(appToken, '/v1/offers')).toBe(200);
    // Reinstated, not approved: that event comes once.
    expect(platform.store.events.map(({ type }) => type)).toEqual([]);
  });

  test('in one platform is not stopped in the next', async () => {
    createFakePlatform().setPartnerStatus(FAKE_PARTNER, 'suspended');
    const next = createFakePlatform();
    expect(await next.invoke(next.asPartner(), 'partner.profile.get')).toMatchObject({ status: 'active' });
  });

  test('or that nobody knows cannot be arranged', () => {
    const platform = createFakePlatform();
    const stranger = { ...FAKE_PARTNER, id: OTHER_PARTNER.id.replace(/.$/, '9') as typeof FAKE_PARTNER.id };
    expect(() => platform.addOffer({}, stranger)).toThrow('does not know the partner');
    expect(() => platform.partnerToken([], { partner: stranger })).toThrow('has no app');
  });
});

describe('a review', () => {
  const draft = { title: { vi: 'Ưu đãi mới', en: 'A new offer' }, stock: 3 };

  async function submitted() {
    const platform = createFakePlatform({ startAt: NOW });
    const { terms } = platform.addOffer({ ...draft, window: { startsAt: '2026-11-01T00:00:00Z', endsAt: '2027-02-01T00:00:00Z' } });
    const partner = platform.asPartner();
    const written = (await platform.invoke(partner, 'partner.offers.create', { body: terms, idempotencyKey: 'c' })) as {
      id: typeof platform.offers.instant.id;
    };
    await platform.invoke(partner, 'partner.offers.submit', { params: { offerId: written.id }, idempotencyKey: 's' });
    return { platform, offerId: written.id };
  }

  test('approves what was submitted: members see it, and the partner is told', async () => {
    const { platform, offerId } = await submitted();
    platform.grant(platform.members.lan, 'offers:read');
    const seen = () => codeOf(platform.invoke(platform.asMember(platform.members.lan), 'offers.get', { params: { offerId } }));
    expect(await seen()).toBe('not_found');
    expect(platform.review(offerId)).toMatchObject({ state: 'published', lastDecision: { decision: 'approved' } });
    expect(await seen()).toBe('ok');
    expect(platform.store.events.map(({ type }) => type)).toEqual(['offer.submitted.v1', 'consent.granted.v1', 'offer.published.v1']);
  });

  test('refuses with reasons, once', async () => {
    const { platform, offerId } = await submitted();
    const reasons = [{ rule: 'REV-201', text: { vi: 'Gây hiểu nhầm.', en: 'It misleads.' } }];
    expect(platform.review(offerId, { decision: 'refuse', reasons })).toMatchObject({ state: 'refused', lastDecision: { reasons } });
    expect(platform.store.events.at(-1)).toMatchObject({ type: 'offer.refused.v1', data: { rules: ['REV-201'] } });
    expect(() => platform.review(offerId)).toThrow('wrong_state');
  });
});

test('another partner’s offers, redemptions, events and webhooks are not there', async () => {
  const platform = createFakePlatform({ startAt: NOW });
  const foreign = platform.addOffer({}, OTHER_PARTNER);
  const { id: redemptionId } = platform.store.claim(platform.members.lan, foreign);
  const ask = (id: OperationId, params: Record<string, string>) =>
    codeOf(platform.invoke(platform.asPartner(), id, { params, body: {}, idempotencyKey: 'k' }));
  expect(await ask('partner.offers.get', { offerId: foreign.id })).toBe('not_found');
  expect(await ask('partner.redemptions.fulfil', { redemptionId })).toBe('not_found');
  expect(await platform.invoke(platform.asPartner(), 'partner.events.list')).toMatchObject({ items: [] });
  const own = platform.asPartner(undefined, OTHER_PARTNER);
  expect(await platform.invoke(own, 'partner.events.list')).toMatchObject({ items: [{ type: 'redemption.redeemed.v1' }] });
  const [one, two] = [platform.store.events[0]?.data['memberRef'], platform.members.lan.ref];
  expect(one).not.toBe(two);
});
