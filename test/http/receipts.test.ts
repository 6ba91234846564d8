// Receipts as a partner verifies them: offline, by a library, against the published keys.
import {
  CompactSign,
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  UnsecuredJWT,
} from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { receiptKeys, verifyPresentation, verifyReceipt } from '../../sdk/client/src/receipt.ts';
import { openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { hold, signingKey } from '../harness/redemption-rooms.ts';
import { type SecondServer, startSecondServer } from '../harness/second-server.ts';
import { backendToken } from '../harness/tokens.ts';

let http: RedemptionHttp;
let keys: JWK[];
let serverUrl: string;
beforeAll(async () => {
  keys = [await signingKey('new'), await signingKey('old')];
  const remember = async (url: string) => {
    serverUrl = url;
    return url;
  };
  http = await openRedemptionHttp({ settings: { CHUNG_RECEIPT_KEYS: JSON.stringify({ keys }) }, route: remember });
}, 120_000);
afterAll(() => http?.close());

const published = async (): Promise<JSONWebKeySet> => (await fetch(`${http.running.baseUrl}/.well-known/chung-receipt-keys.json`)).json();
const receiptOf = async (id: string, member = http.an) => (await member.call('GET', `/v1/redemptions/${id}/receipt`)).body;
const payloadOf = (token: string): Record<string, unknown> => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const signed = async (payload: object, key: JWK, typ = 'chung-presentation+jws') =>
  new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid ?? '', typ })
    .sign(await importJWK(key, 'EdDSA'));

/** Confirms a fresh hold with what `forge` makes of its own presentation. */
async function presenting(forge: (token: string, payload: Record<string, unknown>) => Promise<string>) {
  const id = await http.claimed(http.an, await http.offer(hold(60)));
  const token = String((await receiptOf(id))['presentation']);
  const { status, body } = await http.act(id, 'confirm', { presented: await forge(token, payloadOf(token)) });
  return [status, body['code'] ?? body['state']];
}

test('a receipt verifies offline and says who, pairwise, what and when', async () => {
  const offerId = await http.offer();
  const id = await http.claimed(http.an, offerId);
  const { receipt } = await receiptOf(id);
  const { payload, protectedHeader } = await compactVerify(String(receipt), createLocalJWKSet(await published()), {
    algorithms: ['EdDSA'],
  });
  expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: 'new', typ: 'chung-receipt+jws' });
  const { body } = await http.portal.call('GET', `/v1/partner/redemptions?offerId=${offerId}`);
  const items: unknown = body['items'];
  const [row] = Array.isArray(items) ? items : [];
  expect(JSON.parse(Buffer.from(payload).toString())).toEqual({
    typ: 'receipt',
    iss: http.running.baseUrl,
    jti: id,
    sub: row.memberRef,
    aud: http.partnerId,
    offer: offerId,
    terms_version: 1,
    state: 'REDEEMED',
    iat: expect.any(Number),
    state_since: row.updatedAt,
    claimed_at: row.claimedAt,
  });
});

test('our own helper verifies what the server signs, for the partner it is for and for no other', async () => {
  const id = await http.claimed(http.an, await http.offer(hold(60)));
  const { receipt, presentation } = await receiptOf(id);
  const issuer = http.running.baseUrl;
  const keys = receiptKeys(`${issuer}/.well-known/chung-receipt-keys.json`);
  const mine = { keys, issuer, audience: http.partnerId };
  const shown = await verifyPresentation(String(presentation), mine);
  expect([shown.redemptionId, shown.state, shown.partnerId, shown.keyId]).toEqual([id, 'RESERVED', http.partnerId, 'new']);
  expect(await verifyReceipt(String(receipt), mine)).toMatchObject({ redemptionId: id, offerId: shown.offerId, state: 'RESERVED' });
  const theirs = { ...mine, audience: http.otherPartnerId };
  await expect(verifyPresentation(String(presentation), theirs)).rejects.toMatchObject({ reason: 'wrong_audience' });
  await expect(verifyReceipt(String(presentation), mine)).rejects.toMatchObject({ reason: 'wrong_type' });
});

test('the published keys hold no private part, and one byte changed in a receipt is seen', async () => {
  const set = await published();
  expect(set.keys.map(({ kid }) => kid)).toEqual(['new', 'old']);
  for (const key of set.keys) expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  const receipt = String((await receiptOf(await http.claimed(http.an, await http.offer())))['receipt']);
  const [header, payload = '', signature] = receipt.split('.');
  const changed = Buffer.from(JSON.stringify({ ...payloadOf(receipt), state: 'FULFILLED' })).toString('base64url');
  expect(changed).not.toBe(payload);
  await expect(compactVerify(`${header}.${changed}.${signature}`, createLocalJWKSet(set))).rejects.toThrow(/signature/);
});

test('after a key change what the old key signed still verifies and serves', async () => {
  const [, old] = keys;
  if (!old) throw new Error('there are two keys');
  expect(await presenting((_token, payload) => signed(payload, old))).toEqual([200, 'REDEEMED']);
  const set = createLocalJWKSet(await published());
  const fromOld = await signed({ typ: 'receipt' }, old);
  expect(decodeProtectedHeader(fromOld).kid).toBe('old');
  await expect(compactVerify(fromOld, set)).resolves.toBeDefined();
});

test('a presentation is refused by everything that is wrong with it, always by the same words', async () => {
  const [key] = keys;
  if (!key) throw new Error('there is a key');
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const stranger: JWK = { ...(await exportJWK(privateKey)), kid: 'new' };
  const invalid = [422, 'receipt_invalid'];
  const cases: [string, (token: string, payload: Record<string, unknown>) => Promise<string>][] = [
    ['another key with our key id', (_, payload) => signed(payload, stranger)],
    ['alg none', async (_, payload) => new UnsecuredJWT(payload).encode()],
    ['alg none over our header', async (token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`],
    ['HMAC with our public key', async (_, payload) => hmacWithPublicKey(payload, key)],
    ['expired a second ago', (_, payload) => signed({ ...payload, exp: Math.floor(Date.now() / 1000) - 1 }, key)],
    ['of another platform', (_, payload) => signed({ ...payload, iss: 'https://elsewhere.example' }, key)],
    ['a receipt in its place', (_, payload) => signed({ ...payload, typ: 'receipt' }, key)],
    ['a presentation under the name of a receipt', (_, payload) => signed(payload, key, 'chung-receipt+jws')],
    ['for another partner', (_, payload) => signed({ ...payload, aud: http.otherPartnerId }, key)],
    ['of another redemption', async (_, payload) => signed({ ...payload, redemption: newId() }, key)],
    ['by a key that is not in the set', (_, payload) => signed(payload, { ...key, kid: 'removed' })],
    ['no id to use up', (_, { jti: _jti, ...payload }) => signed(payload, key)],
    [
      'not JSON inside',
      async () => new CompactSign(Buffer.from('{')).setProtectedHeader({ alg: 'EdDSA', kid: 'new' }).sign(await importJWK(key, 'EdDSA')),
    ],
    ['three dots of nothing', async () => '..'],
  ];
  for (const [name, forge] of cases) expect([name, ...(await presenting(forge))]).toEqual([name, ...invalid]);
});

async function hmacWithPublicKey(payload: object, key: JWK): Promise<string> {
  const secret = new TextEncoder().encode(String(key.x).padEnd(64, 'x'));
  return new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: 'HS256', kid: 'new' }).sign(secret);
}

test('a presentation lasts two minutes, is another each time, and serves one confirmation only', async () => {
  const id = await http.claimed(http.an, await http.offer(hold(60)));
  const [one, two] = [await receiptOf(id), await receiptOf(id)];
  expect(one['presentation']).not.toBe(two['presentation']);
  const left = Date.parse(String(one['presentationExpiresAt'])) - Date.now();
  expect(left).toBeGreaterThan(100_000);
  expect(left).toBeLessThanOrEqual(120_000);
  const presented = String(one['presentation']);
  const both = await Promise.all([http.act(id, 'confirm', { presented }), http.act(id, 'confirm', { presented })]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect(await http.act(id, 'confirm', { presented })).toMatchObject({ status: 409, body: { code: 'receipt_already_used' } });
  expect(await http.act(id, 'confirm', { presented: String(two['presentation']) })).toMatchObject({
    status: 409,
    body: { code: 'receipt_already_used' },
  });
});

const lookUp = async (presented: unknown) => {
  const { status, body } = await http.portal.call('POST', '/v1/partner/redemptions/lookup', { body: { presented } });
  return [status, body['code'] ?? body['state']];
};

test('a QR that was looked up and then confirmed by its id is spent: it cannot be shown again', async () => {
  const id = await http.claimed(http.an, await http.offer(hold(60)));
  const { presentation } = await receiptOf(id);
  expect([await lookUp(presentation), await lookUp(presentation)]).toEqual([
    [200, 'RESERVED'],
    [200, 'RESERVED'],
  ]);
  expect((await http.act(id, 'confirm')).status).toBe(200);
  expect(await lookUp(presentation)).toEqual([409, 'receipt_already_used']);
  const shownAfter = (await receiptOf(id))['presentation'];
  expect(await lookUp(shownAfter)).toEqual([200, 'REDEEMED']);
  expect((await http.act(id, 'fulfil')).status).toBe(200);
  expect(await lookUp(shownAfter)).toEqual([409, 'receipt_already_used']);
});

test('a QR of a redemption that was reversed, cancelled or lapsed since is refused, by look-up and by confirmation', async () => {
  const ended = async (end: (id: string) => Promise<unknown>) => {
    const id = await http.claimed(http.an, await http.offer(hold(60)));
    const { presentation } = await receiptOf(id);
    await end(id);
    const confirmed = await http.act(id, 'confirm', { presented: presentation });
    return [await lookUp(presentation), [confirmed.status, confirmed.body['code']]];
  };
  const reverse = async (id: string) => [await http.act(id, 'confirm'), await http.act(id, 'reverse')];
  expect(await ended(reverse)).toEqual(Array(2).fill([409, 'wrong_state']));
  expect(await ended((id) => http.an.call('POST', `/v1/redemptions/${id}/cancel`, { body: {} }))).toEqual(
    Array(2).fill([409, 'wrong_state']),
  );
  expect(await ended((id) => http.lapse(id))).toEqual(Array(2).fill([409, 'reservation_expired']));
});

test('one QR shown at many tills in the same moment serves once, over several server processes', async () => {
  const [partner] = http.running.demo.partners;
  if (!partner) throw new Error('the demo has a partner');
  const token = await backendToken(http.running.baseUrl, partner.client);
  const second: SecondServer = await startSecondServer(http.running, serverUrl);
  try {
    for (let round = 0; round < 3; round++) {
      const id = await http.claimed(http.an, await http.offer(hold(60)));
      const presented = (await receiptOf(id))['presentation'];
      const till = async (origin: string) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
        const response = await fetch(`${origin}/v1/partner/redemptions/${id}/confirm`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ presented }),
        });
        const body: { code?: string; state?: string } = await response.json();
        return `${response.status} ${body.code ?? body.state}`;
      };
      const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => till(i % 2 === 0 ? http.running.baseUrl : second.origin)));
      expect(answers.toSorted()).toEqual(['200 REDEEMED', ...Array(11).fill('409 receipt_already_used')]);
    }
  } finally {
    await second.close();
  }
});

test('the key set may be kept ten minutes, is asked for again by its ETag, and can be read from any web page', async () => {
  const address = `${http.running.baseUrl}/.well-known/chung-receipt-keys.json`;
  const first = await fetch(address);
  expect([first.headers.get('cache-control'), first.headers.get('access-control-allow-origin')]).toEqual(['public, max-age=600', '*']);
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  expect((await fetch(address, { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await fetch(address, { headers: { 'if-none-match': '"another"' } })).status).toBe(200);
});

test('a receipt follows the state; what ended without use has none; another member’s is not found', async () => {
  const id = await http.claimed(http.an, await http.offer(hold(60)));
  const stateIn = async () => payloadOf(String((await receiptOf(id))['receipt']))['state'];
  expect(await stateIn()).toBe('RESERVED');
  await http.act(id, 'fulfil');
  expect(await stateIn()).toBe('FULFILLED');
  await http.act(id, 'reverse');
  expect(await http.an.call('GET', `/v1/redemptions/${id}/receipt`)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  expect(await http.binh.call('GET', `/v1/redemptions/${id}/receipt`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
});
