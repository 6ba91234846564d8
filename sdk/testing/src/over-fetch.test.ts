// The fake platform over HTTP: addresses, headers, bodies and the order in which a request is judged.
import type { IncomingMessage } from 'node:http';
import { ROUTES } from '@chung/client/scoped';
import { ERRORS, OPERATIONS, Problem } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readIdempotencyKey as readOnPlatform } from '../../../platform/server/src/kernel/idempotency.ts';
import { languageOf as languageOnPlatform } from '../../../platform/server/src/kernel/request.ts';
import { createFakePlatform, FAKE_ISSUER, FAKE_PARTNER } from './index.ts';
import { readIdempotencyKey } from './parse.ts';

const NOW = '2026-11-22T13:00:00Z';
const ID = '01936b5e-7c00-7000-8000-000000000001';

function started() {
  const platform = createFakePlatform({ startAt: NOW });
  const partner = platform.partnerToken(['partner.offers:read', 'partner.offers:write', 'partner.redemptions:fulfil']);
  const send = (path: string, init: RequestInit = {}, token: string | null = partner) =>
    platform.fetch(`${FAKE_ISSUER}${path}`, {
      ...init,
      headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...Object(init.headers) },
    });
  const problem = async (path: string, init?: RequestInit, token?: string | null) =>
    Problem.parse(await (await send(path, init, token)).json());
  return { platform, send, problem };
}
const json = { 'content-type': 'application/json', 'idempotency-key': 'k' };

describe('an address', () => {
  test.each(OPERATIONS.map(({ id }) => id))('of %s leads to it', async (id) => {
    const { platform, send } = started();
    const { method, path } = ROUTES[id];
    await send(path.replaceAll(/\{\w+\}/g, ID), { method });
    expect(platform.calls.map((call) => call.id)).toEqual([id]);
    expect(Object.keys(platform.calls[0]?.params ?? {})).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  });

  test.each([
    ['nowhere', 'GET', '/v1/nowhere', 404],
    ['without its version', 'GET', '/offers', 404],
    ['with an empty name in it', 'GET', '/v1/offers/', 404],
    ['one step too long', 'GET', `/v1/offers/${ID}/claims/x`, 404],
    ['by a method that it has not', 'PUT', '/v1/offers', 405],
    ['by a method that its neighbour has', 'POST', `/v1/offers/${ID}`, 405],
    ['with a broken escape', 'GET', '/v1/offers/%E0%A4%A', 400],
    ['in capitals', 'GET', '/V1/offers', 404],
  ])('%s is refused, and nothing is played', async (_what, method, path, status) => {
    const { platform, send } = started();
    const response = await send(path, { method });
    expect(response.status).toBe(status);
    expect(platform.calls).toEqual([]);
  });

  test('is the same at any origin', async () => {
    const { platform } = started();
    const response = await platform.fetch('http://127.0.0.1:9/v1/provinces');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
  });
});

describe('a problem', () => {
  test('says what is wrong, where, in which language, and where to read on', async () => {
    const { send } = started();
    const response = await send(`/v1/partner/offers/${ID}`, { headers: { 'accept-language': 'en' } });
    expect([response.status, response.headers.get('content-type'), response.headers.get('content-language')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
      'en',
    ]);
    expect(await response.json()).toEqual({
      ...{ type: 'https://chung.test/docs/errors/not_found', docs: 'https://chung.test/docs/errors/not_found' },
      ...{ title: ERRORS.not_found.title.en, status: 404, code: 'not_found', request_id: 'req_fake', instance: `/v1/partner/offers/${ID}` },
    });
  });

  test('says how to ask for a scope, which one, and which there are', async () => {
    const { problem } = started();
    expect(await problem('/v1/partner/events')).toMatchObject({
      code: 'insufficient_scope',
      required_scopes: ['partner.events:read'],
      granted_scopes: ['partner.offers:read', 'partner.offers:write', 'partner.redemptions:fulfil'],
      how_to_ask: expect.stringMatching(/^Khai báo quyền này/),
    });
    const english = { headers: { 'accept-language': 'en' } };
    expect(await problem('/v1/partner/events', english)).toMatchObject({ how_to_ask: expect.stringMatching(/^Declare the scope/) });
  });

  test('says when to come back, in the header too', async () => {
    const { platform, send } = started();
    const limited = await platform.switches.during({ rate: { retryAfterSeconds: 17 } }, () => send('/v1/provinces'));
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '17']);
    expect((await send('/v1/nowhere')).headers.get('retry-after')).toBeNull();
  });

  test('tells of each wrong field, fifty at the most, in the language that is read', async () => {
    const { problem } = started();
    const stranger = Object.fromEntries(Array.from({ length: 3 }, (_, index) => [`extra${index}`, 1]));
    const sent = (language: string, body: object) =>
      problem('/v1/partner/offers', { method: 'POST', headers: { ...json, 'accept-language': language }, body: JSON.stringify(body) });
    const [vi, en] = [await sent('vi', stranger), await sent('en', stranger)];
    expect(vi.fields?.map(({ path }) => path)).toEqual(en.fields?.map(({ path }) => path));
    expect(vi.fields?.map(({ path }) => path)).toEqual(expect.arrayContaining(['body.title', 'body.window', 'body']));
    for (const [index, field] of (vi.fields ?? []).entries()) expect(field.message).not.toBe(en.fields?.[index]?.message);
    const items = Array.from({ length: 20 }, () => ({ surprise: 1 }));
    expect((await sent('en', { benefit: { kind: 'bundle', items } })).fields?.length).toBe(50);
  });
});

describe('the language of an answer', () => {
  const read = async (header: string | null) => {
    const { send } = started();
    const response = await send('/v1/nowhere', header === null ? {} : { headers: { 'accept-language': header } });
    return response.headers.get('content-language');
  };

  test.each([
    [null, 'vi'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['vi,en', 'vi'],
    ['en,vi', 'en'],
    ['en;q=0.3, vi;q=0.9', 'vi'],
    ['vi;q=0.3, en;q=0.9', 'en'],
    ['fr, en;q=0', 'vi'],
    ['fr, de', 'vi'],
    ['*', 'vi'],
    ['enm', 'vi'],
    ['fr;q=1, en;q=0.1', 'en'],
    ['EN-us', 'en'],
    ['en;q=nonsense', 'vi'],
  ])('for “%s” is %s', async (header, language) => {
    expect(await read(header)).toBe(language);
  });

  test('is the platform’s, whatever a browser prefers', async () => {
    const range = fc
      .tuple(
        fc.constantFrom('vi', 'en', 'fr', 'vi-VN', 'en-GB', 'VI', '*', 'envi', ''),
        fc.constantFrom('', ';q=0', ';q=0.5', '; q=0.9', ';q=1', ';q=2', ';level=1;q=0.7', ';q=x'),
      )
      .map(([tag, weight]) => `${tag}${weight}`);
    await fc.assert(
      fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 4 }), async (ranges) => {
        const header = ranges.join(',');
        expect(await read(header)).toBe(
          languageOnPlatform({ headers: { 'accept-language': header.trim() } } as unknown as IncomingMessage),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('a request is judged in the platform’s order', () => {
  const claim = ROUTES['offers.claim'].path.replace('{offerId}', ID);
  test.each<[string, string, RequestInit, string | null, string]>([
    ['who calls before what is sent', claim, { method: 'POST', body: '{', headers: json }, null, 'unauthenticated'],
    ['a token before what is sent', claim, { method: 'POST', body: '{', headers: json }, 'forged', 'invalid_token'],
    [
      'the scope before what is sent',
      '/v1/partner/webhooks',
      { method: 'POST', body: '{', headers: json },
      'partner',
      'insufficient_scope',
    ],
    [
      'the kind of the body before what is in it',
      '/v1/partner/offers',
      { method: 'POST', body: '{', headers: { ...json, 'content-type': 'text/plain' } },
      'partner',
      'unsupported_media_type',
    ],
    ['JSON before its fields', '/v1/partner/offers', { method: 'POST', body: '{', headers: json }, 'partner', 'invalid_request'],
    ['a body that is no object', '/v1/partner/offers', { method: 'POST', body: '"text"', headers: json }, 'partner', 'invalid_request'],
    [
      'the path before the body',
      '/v1/partner/offers/no-id',
      { method: 'PATCH', body: '{"stock":0}', headers: json },
      'partner',
      'invalid_request',
    ],
    [
      'the body before its key',
      `/v1/partner/offers/${ID}`,
      { method: 'PATCH', body: '{"stock":0}', headers: { 'content-type': 'application/json' } },
      'partner',
      'validation_failed',
    ],
    [
      'the key before what it is about',
      `/v1/partner/offers/${ID}`,
      { method: 'PATCH', body: '{"stock":5}', headers: { 'content-type': 'application/json' } },
      'partner',
      'idempotency_key_required',
    ],
    ['what it is about last', `/v1/partner/offers/${ID}`, { method: 'PATCH', body: '{"stock":5}', headers: json }, 'partner', 'not_found'],
  ])('%s', async (_what, path, init, who, code) => {
    const { platform } = started();
    const tokens: Readonly<Record<string, string>> = {
      partner: platform.partnerToken(['partner.offers:read', 'partner.offers:write']),
      forged: 'a.b.c',
    };
    const headers = { ...Object(init.headers), ...(who && { authorization: `Bearer ${tokens[who]}` }) };
    const response = await platform.fetch(`${FAKE_ISSUER}${path}`, { ...init, headers });
    expect(await response.json()).toMatchObject({ code });
  });

  test('the rate comes before everything, and a partner that is stopped before its scopes', async () => {
    const { platform, problem } = started();
    const limited = platform.switches.during({ rate: { retryAfterSeconds: 1 } }, () => problem('/v1/partner/events', {}, 'forged'));
    expect(await limited).toMatchObject({ code: 'rate_limited' });
    platform.setPartnerStatus(FAKE_PARTNER, 'suspended');
    expect(await problem('/v1/partner/events')).toMatchObject({ code: 'partner_not_active' });
    expect((await platform.fetch(`${FAKE_ISSUER}/v1/provinces`)).status).toBe(200);
  });

  test('a name that comes twice in a query is a list, which none takes', async () => {
    const { problem } = started();
    expect(await problem('/v1/partner/offers?limit=1&limit=2')).toMatchObject({
      code: 'invalid_request',
      fields: [{ path: 'query.limit' }],
    });
    expect(await problem('/v1/partner/offers?constructor=1')).toMatchObject({ code: 'invalid_request' });
  });

  test.each([
    ['NUL', '{"title":{"vi":"a\\u0000","en":"b"}}', 'body.title.vi'],
    ['half of a character', '{"x":["\\ud800"]}', 'body.x.0'],
  ])('a text with %s is refused before its schema', async (_what, body, path) => {
    const { problem } = started();
    expect(await problem('/v1/partner/offers', { method: 'POST', headers: json, body })).toMatchObject({
      code: 'validation_failed',
      fields: [{ path, code: 'invalid_text', message: 'Có ký tự NUL hoặc nửa ký tự' }],
    });
  });

  test('JSON may be nested as deep as the platform reads it, and not a level deeper', async () => {
    const { problem } = started();
    const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    const codeOf = async (levels: number) =>
      (await problem('/v1/partner/offers', { method: 'POST', headers: json, body: nested(levels) })).code;
    expect([await codeOf(32), await codeOf(33)]).toEqual(['validation_failed', 'invalid_request']);
  });
});

describe('an idempotency key', () => {
  const outcome = (read: () => string): string => {
    try {
      return `key ${read()}`;
    } catch (error) {
      return String(Object(error).code);
    }
  };

  test.each([
    [undefined, 'idempotency_key_required'],
    ['', 'idempotency_key_required'],
    ['  ', 'idempotency_key_required'],
    ['""', 'idempotency_key_required'],
    ['k', 'key k'],
    [' "k" ', 'key k'],
    ['"', 'key "'],
    ['k'.repeat(255), `key ${'k'.repeat(255)}`],
    ['k'.repeat(256), 'invalid_request'],
    ['two words', 'invalid_request'],
    ['khóa', 'invalid_request'],
  ])('“%s” is %s', (header, expected) => {
    expect(outcome(() => readIdempotencyKey(header))).toBe(expected);
  });

  test('is read as on the platform', () => {
    const sign = fc.constantFrom('"', ' ', 'k', '\t', '~', '\u007f', 'ó');
    fc.assert(
      fc.property(fc.string({ unit: sign, maxLength: 8 }), (header) => {
        expect(outcome(() => readIdempotencyKey(header))).toBe(outcome(() => readOnPlatform(header)));
      }),
    );
  });
});
