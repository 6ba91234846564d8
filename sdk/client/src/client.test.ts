import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, createClient, UnexpectedReplyError, UnreachableError } from './index.ts';
import { createClient as createLightClient } from './light.ts';

const OFFER_ID = '01936b5e-7c00-7000-8000-000000000001';
const redemption = {
  id: '01936b5e-7c00-7000-8000-000000000002',
  offerId: OFFER_ID,
  offerTitle: { vi: 'Ưu đãi', en: 'Offer' },
  state: 'REDEEMED',
  termsVersion: 1,
  claimedAt: '2026-11-22T10:00:00Z',
  expiresAt: null,
  updatedAt: '2026-11-22T10:00:00Z',
  partner: { id: '01936b5e-7c00-7000-8000-000000000003', name: 'VNPT Money' },
  code: 'ABCD',
};

type Answer = Response | Error;

/** A fetch that gives the answers in turn and keeps what it was asked. */
function scripted(...answers: (() => Answer)[]) {
  const asked: { url: string; init: RequestInit; headers: Headers }[] = [];
  const fetchOnce = async (url: string | URL | Request, init: RequestInit = {}) => {
    asked.push({ url: String(url), init, headers: new Headers(init.headers) });
    const answer = (answers[asked.length - 1] ?? answers.at(-1))?.();
    if (answer instanceof Response) return answer;
    throw answer ?? new TypeError('no answer scripted');
  };
  return { asked, fetch: fetchOnce as typeof fetch };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const problem = (status: number, code: string, extras: object = {}, headers: Record<string, string> = {}) =>
  json(
    status,
    { type: `/docs/errors/${code}`, title: code, status, code, docs: `/docs/errors/${code}`, request_id: 'req-1', ...extras },
    headers,
  );

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 200 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a call', () => {
  it('fills the path, leaves unset filters out and types the reply', async () => {
    const { asked, fetch } = scripted(json(200, { items: [], nextCursor: null }));
    const client = createClient({ baseUrl: 'https://chung.test/', fetch });
    const page = await client.call('offers.list', { query: { q: 'cáp quang', limit: 5, category: undefined } });
    expect(page.items).toEqual([]);
    expect(asked[0]?.url).toBe('https://chung.test/v1/offers?q=c%C3%A1p+quang&limit=5');
  });

  it('never lets a parameter add a path segment', async () => {
    const { asked, fetch } = scripted(json(404, {}));
    const client = createLightClient({ fetch });
    await expect(client.call('offers.get', { params: { offerId: '../admin/audit' } })).rejects.toThrow();
    expect(asked[0]?.url).toBe('/v1/offers/..%2Fadmin%2Faudit');
  });

  it('asks for headers before each attempt', async () => {
    const { asked, fetch } = scripted(problem(503, 'unavailable'), json(201, redemption));
    const tokens = ['t1', 't2'];
    const client = createClient({ fetch, headers: () => ({ 'x-csrf-token': tokens.shift() ?? '' }) });
    await client.call('offers.claim', { params: { offerId: OFFER_ID } });
    expect(asked.map((request) => request.headers.get('x-csrf-token'))).toEqual(['t1', 't2']);
  });

  it('that lacks a parameter or names an unknown filter is a type error', () => {
    const client = createLightClient({ fetch: scripted().fetch });
    const wrong = [
      // @ts-expect-error offerId is missing
      () => client.call('offers.get'),
      // @ts-expect-error no such category
      () => client.call('offers.list', { query: { category: 'cars' } }),
      // @ts-expect-error a stream names its content type
      () => client.call('partner.offers.codes.upload', { params: { offerId: OFFER_ID }, body: 'A' }),
      // @ts-expect-error not a list
      () => client.pages('me.get'),
    ];
    expect(wrong).toHaveLength(4);
  });

  it('answers nothing for 204', async () => {
    const { fetch } = scripted(() => new Response(null, { status: 204 }));
    const client = createClient({ fetch });
    const input = { params: { grantId: 'grant-123456', scope: 'offers:read' } };
    await expect(client.call('me.grants.scopes.withdraw', input)).resolves.toBeUndefined();
  });
});

describe('a refusal', () => {
  it('becomes an ApiError with code, fields, reasons and request id', async () => {
    const fields = [{ path: 'stock', code: 'too_small', message: 'Quá nhỏ' }];
    const reasons = [{ fact: 'province', message: 'Chỉ dành cho Hà Nội' }];
    const { fetch } = scripted(problem(422, 'validation_failed', { fields, reasons, detail: 'chi tiết' }));
    const error = await createClient({ fetch })
      .call('me.get')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'validation_failed', status: 422, detail: 'chi tiết', fields, reasons, requestId: 'req-1' });
  });

  it('from a proxy that answers HTML still has a code', async () => {
    const { fetch } = scripted(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    const error = await createClient({ fetch, attempts: 1 })
      .call('me.get')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unavailable', status: 502 });
  });

  it('is told apart from a reply of another version', async () => {
    const { fetch } = scripted(json(200, { id: 7 }));
    await expect(createClient({ fetch }).call('me.get')).rejects.toBeInstanceOf(UnexpectedReplyError);
  });
});

describe('a repeat', () => {
  it('of a claim carries the same idempotency key', async () => {
    const { asked, fetch } = scripted(() => new TypeError('network'), problem(503, 'unavailable'), json(201, redemption));
    const reply = await createClient({ fetch }).call('offers.claim', { params: { offerId: OFFER_ID } });
    expect(reply.code).toBe('ABCD');
    const keys = asked.map((request) => request.headers.get('idempotency-key'));
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('keeps the key that the caller gave', async () => {
    const { asked, fetch } = scripted(json(201, redemption));
    await createClient({ fetch }).call('offers.claim', { params: { offerId: OFFER_ID }, idempotencyKey: 'mine-1' });
    expect(asked[0]?.headers.get('idempotency-key')).toBe('mine-1');
  });

  it('is not made of a write without a key', async () => {
    const { asked, fetch } = scripted(() => new TypeError('network'));
    const input = { params: { grantId: 'grant-123456', scope: 'offers:read' } };
    await expect(createClient({ fetch }).call('me.grants.scopes.withdraw', input)).rejects.toBeInstanceOf(UnreachableError);
    expect(asked).toHaveLength(1);
  });

  it('is not made of a refusal', async () => {
    const { asked, fetch } = scripted(problem(409, 'offer_sold_out'));
    await expect(createClient({ fetch }).call('offers.claim', { params: { offerId: OFFER_ID } })).rejects.toMatchObject({
      code: 'offer_sold_out',
    });
    expect(asked).toHaveLength(1);
  });

  it('is not made when the platform asks for a long wait', async () => {
    const { asked, fetch } = scripted(problem(429, 'rate_limited', {}, { 'retry-after': '60' }));
    await expect(createClient({ fetch }).call('me.get')).rejects.toMatchObject({ retryAfterSeconds: 60 });
    expect(asked).toHaveLength(1);
  });

  it('stops at once when the caller gives up', async () => {
    const { asked, fetch } = scripted(() => new TypeError('network'));
    const giveUp = new AbortController();
    const call = createClient({ fetch }).call('me.get', { signal: giveUp.signal });
    giveUp.abort(new Error('left the page'));
    await expect(call).rejects.toThrow('left the page');
    expect(asked.length).toBeLessThanOrEqual(1);
  });
});

describe('pages', () => {
  const event = (id: string) => ({ id, type: 'redemption.redeemed.v1', occurredAt: '2026-11-22T10:00:00Z', data: {} });

  it('walks to the last page and carries the filter', async () => {
    const { asked, fetch } = scripted(json(200, { items: [1, 2], nextCursor: 'c1' }), json(200, { items: [3], nextCursor: null }));
    const seen: unknown[] = [];
    for await (const item of createLightClient({ fetch }).pages('offers.list', { category: 'home' })) seen.push(item);
    expect(seen).toEqual([1, 2, 3]);
    expect(asked.map((request) => request.url)).toEqual(['/v1/offers?category=home', '/v1/offers?category=home&cursor=c1']);
  });

  it('ends on a list whose cursor no longer moves', async () => {
    const { fetch } = scripted(
      json(200, { items: [event('01936b5e-7c00-7000-8000-00000000000a')], nextCursor: 'c1' }),
      json(200, { items: [], nextCursor: 'c1' }),
    );
    const seen: string[] = [];
    for await (const item of createClient({ fetch }).pages('partner.events.list')) seen.push(item.id);
    expect(seen).toHaveLength(1);
  });
});
