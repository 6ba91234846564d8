// Every operation of partners, offers, reviews and catalogue × every status that it declares. The table is checked against the
// registry, so that a new code without a case is a red test.
import { request } from 'node:http';
import { PassThrough } from 'node:stream';
import { ERRORS, type ErrorCode, isErrorCode, OfferId, OPERATIONS, type PartnerId } from '@chung/contracts';
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
const codes = (id: unknown, { caller = mine, type = 'text/plain', query = '', body = 'ABCD-0001' } = {}) =>
  caller.call('POST', `/v1/partner/offers/${id}/codes${query}`, { body, headers: { 'content-type': type } });
const pool = () => draft({ codes: 'pool' });
const generate = (id: unknown, caller = mine) => post(`/v1/partner/offers/${id}/codes/generate`, { count: 10 }, caller);
const cancel = (id: unknown, job: unknown) => post(`/v1/partner/offers/${id}/codes/jobs/${job}/cancel`);
/** An upload of two lines whose connection was lost after the first. */
async function interruptedJob(id: unknown): Promise<unknown> {
  const stream = new PassThrough();
  const upload = http.rooms.offers.uploadCodes({ partnerId, offerId: OfferId.parse(id), stream }).catch(() => null);
  stream.on('error', () => {});
  stream.write('ABCD-0001\nABCD');
  stream.destroy(new Error('the connection was lost'));
  await upload;
  return ((await get(`/v1/partner/offers/${id}/codes/jobs`)).body['items'] as readonly { id: string }[])[0]?.id;
}
/** Says how much it would send, and waits for the answer before it does. */
function announce(id: unknown, bytes: number): Promise<Answer> {
  const principal = JSON.stringify({ actor: 'partner', partnerId, clientId: 'test', accountId: null, scopes: ['partner.codes:write'] });
  const headers = { 'content-type': 'text/plain', 'content-length': String(bytes), 'x-test-principal': principal };
  return new Promise((resolve, reject) => {
    const sending = request(`${http.baseUrl}/v1/partner/offers/${id}/codes`, { method: 'POST', headers }, async (response) => {
      const body = JSON.parse((await response.toArray()).join(''));
      sending.destroy();
      resolve({ status: response.statusCode ?? 0, body });
    });
    sending.on('error', reject);
    sending.write('ABCD-0001\n');
  });
}
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
    checks_failed: async () => {
      // A live offer is given more units than its pool has codes.
      const { id } = await publish(http.rooms, partnerId, draftOf({ codes: 'pool', stock: 1 }));
      await codes(id);
      return change(id, { stock: 2 });
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
    import_running: async () => {
      const id = await pool();
      await generate(id);
      return codes(id);
    },
    conflict: async () => {
      const id = await pool();
      return codes(id, { query: `?jobId=${await interruptedJob(id)}&offset=7` });
    },
    payload_too_large: async () => announce(await pool(), 2 * 1024 ** 3),
  },
  'partner.offers.codes.generate': {
    ok: async () => generate(await pool()),
    not_found: () => generate(stoppedOffer),
    wrong_state: async () => generate(await draft()),
    import_running: async () => {
      const id = await pool();
      await generate(id);
      return generate(id);
    },
    partner_not_active: () => generate(stoppedOffer, stopped),
  },
  'partner.offers.codes.jobs.list': {
    ok: async () => get(`/v1/partner/offers/${await pool()}/codes/jobs`),
    not_found: () => get(`/v1/partner/offers/${stoppedOffer}/codes/jobs`),
    invalid_cursor: async () => get(`/v1/partner/offers/${await pool()}/codes/jobs?${forged}`),
  },
  'partner.offers.codes.jobs.get': {
    ok: async () => {
      const id = await pool();
      return get(`/v1/partner/offers/${id}/codes/jobs/${(await generate(id)).body['id']}`);
    },
    not_found: async () => get(`/v1/partner/offers/${await pool()}/codes/jobs/${nobody()}`),
  },
  'partner.offers.codes.jobs.cancel': {
    ok: async () => {
      const id = await pool();
      return cancel(id, (await generate(id)).body['id']);
    },
    not_found: async () => cancel(await pool(), nobody()),
    wrong_state: async () => {
      const id = await pool();
      return cancel(id, (await codes(id)).body['id']);
    },
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
