// Every operation of partners, offers, reviews and catalogue × every status that it declares. The table is checked against the
// registry, so that a new code without a case is a red test.
import { ERRORS, type ErrorCode, isErrorCode, OPERATIONS, type PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { type Answer, type Caller, openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { application, draftOf, publish } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let partnerId: PartnerId;
let mine: Caller;
let stopped: Caller;
let stoppedOffer: string;
beforeAll(async () => {
  http = await openPartnerHttp();
  partnerId = (await http.rooms.activePartner('statuses')).id;
  mine = http.partner(partnerId);
  const { id } = await http.rooms.activePartner('stopped');
  stopped = http.partner(id);
  stoppedOffer = String((await stopped.call('POST', '/v1/partner/offers', { body: draftOf({ codes: 'pool' }) })).body['id']);
  await http.admin.call('POST', `/v1/admin/partners/${id}/decision`, { body: { decision: 'suspend' } });
});
afterAll(() => http.close());

let slugs = 0;
const slug = () => `s-${++slugs}`;
const get = (path: string, caller = mine) => caller.call('GET', path);
const post = (path: string, body: unknown = {}, caller = mine) => caller.call('POST', path, { body });
const change = (id: unknown, body: object, caller = mine) => caller.call('PATCH', `/v1/partner/offers/${id}`, { body });
const codes = (id: unknown, { caller = mine, type = 'text/plain' } = {}) =>
  caller.call('POST', `/v1/partner/offers/${id}/codes`, { body: 'ABCD-0001', headers: { 'content-type': type } });
const draft = async (changes: Parameters<typeof draftOf>[0] = {}) => (await post('/v1/partner/offers', draftOf(changes))).body['id'];
const published = async () =>
  (await publish(http.rooms, partnerId, draftOf({ eligibility: { version: 1, all: [{ fact: 'province', in: ['01'] }] } }))).id;
const submitted = async (of = mine) =>
  (await post(`/v1/partner/offers/${(await post('/v1/partner/offers', draftOf(), of)).body['id']}/submit`, {}, of)).body['id'];
const decide = (id: unknown, body: object = { decision: 'approve' }) => post(`/v1/admin/submissions/${id}/decision`, body, http.admin);
const applied = async () => (await post('/v1/partners', application(slug()), http.anyone)).body['id'];
const decidePartner = (id: unknown, decision: string) => post(`/v1/admin/partners/${id}/decision`, { decision }, http.admin);
const nobody = () => newId<string>();
const forged = 'cursor=eyJ4IjoxfQ.AAAAAAAAAAAAAAAAAAAAAA';

type Cases = Readonly<Record<string, () => Promise<Answer>>>;
const CASES: Readonly<Record<string, Cases>> = {
  'partners.register': {
    ok: () => post('/v1/partners', application(slug()), http.anyone),
    slug_taken: () => post('/v1/partners', application('statuses'), http.anyone),
    username_taken: () => post('/v1/partners', { ...application('statuses'), slug: slug() }, http.anyone),
  },
  'partner.profile.get': { ok: () => get('/v1/partner/profile') },
  'partner.offers.list': { ok: () => get('/v1/partner/offers'), invalid_cursor: () => get(`/v1/partner/offers?${forged}`) },
  'partner.offers.get': {
    ok: async () => get(`/v1/partner/offers/${await draft()}`),
    not_found: () => get(`/v1/partner/offers/${stoppedOffer}`),
  },
  'partner.offers.create': {
    ok: () => post('/v1/partner/offers', draftOf()),
    partner_not_active: () => post('/v1/partner/offers', draftOf(), stopped),
  },
  'partner.offers.change': {
    ok: async () => change(await draft(), { stock: 11 }),
    not_found: () => change(stoppedOffer, { stock: 11 }),
    wrong_state: async () => {
      const id = await draft();
      await post(`/v1/partner/offers/${id}/submit`);
      return change(id, { stock: 11 });
    },
    stock_below_redeemed: async () => {
      const id = await published();
      for (let unit = 0; unit < 2; unit++) await post(`/v1/offers/${id}/redemptions`, {}, http.member());
      return change(id, { stock: 1 });
    },
    partner_not_active: () => change(stoppedOffer, { stock: 11 }, stopped),
  },
  'partner.offers.submit': {
    ok: async () => post(`/v1/partner/offers/${await draft()}/submit`),
    not_found: () => post(`/v1/partner/offers/${stoppedOffer}/submit`),
    wrong_state: async () => post(`/v1/partner/offers/${await published()}/submit`),
    checks_failed: async () => post(`/v1/partner/offers/${await draft({ regularPriceMinor: 0 })}/submit`),
    partner_not_active: () => post(`/v1/partner/offers/${stoppedOffer}/submit`, {}, stopped),
  },
  'partner.offers.codes.upload': {
    ok: async () => codes(await draft({ codes: 'pool' })),
    not_found: () => codes(stoppedOffer),
    wrong_state: async () => codes(await draft()),
    unsupported_media_type: async () => codes(await draft({ codes: 'pool' }), { type: 'application/json' }),
    partner_not_active: () => codes(stoppedOffer, { caller: stopped }),
  },
  'admin.submissions.list': {
    ok: () => get('/v1/admin/submissions?state=refused', http.admin),
    invalid_cursor: () => get(`/v1/admin/submissions?${forged}`, http.admin),
  },
  'admin.submissions.get': {
    ok: async () => get(`/v1/admin/submissions/${await submitted()}`, http.admin),
    not_found: () => get(`/v1/admin/submissions/${nobody()}`, http.admin),
  },
  'admin.submissions.decide': {
    ok: async () => decide(await submitted()),
    not_found: () => decide(nobody()),
    wrong_state: async () => {
      const id = await submitted();
      await decide(id);
      return decide(id);
    },
    partner_not_active: async () => {
      const { id } = await http.rooms.activePartner(slug());
      const submission = await submitted(http.partner(id));
      await decidePartner(id, 'suspend');
      return decide(submission);
    },
    validation_failed: async () => decide(await submitted(), { decision: 'refuse', reasons: [{ rule: 'OFR-000' }] }),
  },
  'admin.reviewRules.list': { ok: () => get('/v1/admin/review-rules', http.admin) },
  'admin.partners.list': {
    ok: () => get('/v1/admin/partners', http.admin),
    invalid_cursor: () => get(`/v1/admin/partners?${forged}`, http.admin),
  },
  'admin.partners.decide': {
    ok: async () => decidePartner(await applied(), 'approve'),
    not_found: () => decidePartner(nobody(), 'approve'),
    wrong_state: async () => decidePartner(await applied(), 'reinstate'),
  },
  'offers.list': { ok: () => get('/v1/offers', http.member()), invalid_cursor: () => get(`/v1/offers?${forged}`, http.member()) },
  'offers.get': {
    ok: async () => get(`/v1/offers/${await published()}`, http.member()),
    not_found: async () => get(`/v1/offers/${await draft()}`, http.member()),
    not_eligible: async () => get(`/v1/offers/${await published()}`, http.member({ provinceCode: '79' })),
  },
};

const operations = OPERATIONS.filter((operation) => Object.hasOwn(CASES, operation.id));

test('the table names operations that are there and every code that each declares', () => {
  expect(operations).toHaveLength(Object.keys(CASES).length);
  for (const { id, errors } of operations) expect([id, Object.keys(CASES[id] ?? {}).sort()]).toEqual([id, ['ok', ...errors].sort()]);
});

describe.each(operations.map((operation) => [operation.id, operation] as const))('%s', (id, operation) => {
  test.each(Object.entries(CASES[id] ?? {}))('%s', async (code, ask) => {
    const { status, body } = await ask();
    if (!isErrorCode(code)) {
      expect([code, status]).toEqual(['ok', operation.status]);
      expect(operation.reply.safeParse(body).success).toBe(true);
      return;
    }
    expect([status, body['code']]).toEqual([ERRORS[code].status, code]);
    expect(Object.values(ERRORS[code satisfies ErrorCode].title)).toContain(body['title']);
    expect(JSON.stringify(body)).not.toMatch(/chung\.|constraint|\.ts:|SELECT|INSERT/);
  });
});

test('a cursor of one list is no cursor of another', async () => {
  for (let count = 0; count < 2; count++) await Promise.all([draft(), applied(), published(), submitted()]);
  const lists: [string, Caller][] = [
    ['/v1/partner/offers', mine],
    ['/v1/partner/events', mine],
    ['/v1/offers', http.member()],
    ['/v1/admin/partners', http.admin],
    ['/v1/admin/submissions', http.admin],
  ];
  for (const [path, caller] of lists) {
    const { body } = await get(`${path}?limit=1`, caller);
    expect([path, typeof body['nextCursor']]).toEqual([path, 'string']);
    for (const [other, reader] of lists) {
      const answer = await get(`${other}?limit=1&cursor=${body['nextCursor']}`, reader);
      expect([path, other, answer.status]).toEqual([path, other, path === other ? 200 : 400]);
    }
  }
});
