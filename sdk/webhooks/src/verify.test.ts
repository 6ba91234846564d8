// What a partner's backend may believe, and what it must not. Signatures are made here with Node's own crypto, apart from the platform's
// code, and once with the platform's, so that neither can be wrong alone.
import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeKey, signedHeaders, signerOf } from '../../../platform/server/src/rooms/webhooks/signing.ts';
import { memorySeen, once, verifyWebhook, WebhookError, type WebhookErrorCode } from './index.ts';

const ID = '01936b5e-7c00-7000-8000-0000000000aa';
const NOW = new Date('2026-11-22T13:00:00Z');
const SECONDS = Math.floor(NOW.getTime() / 1000);
const BODY = JSON.stringify({
  type: 'redemption.fulfilled.v1',
  timestamp: '2026-11-22T12:59:59.000Z',
  data: {
    redemptionId: '01936b5e-7c00-7000-8000-000000000001',
    offerId: '01936b5e-7c00-7000-8000-000000000002',
    memberRef: 'đoàn-viên',
    state: 'FULFILLED',
  },
  id: ID,
});

function asymmetric() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { key: `whpk_${raw.toString('base64')}`, signature: (content: string) => ed25519(privateKey, content) };
}
const ed25519 = (key: KeyObject, content: string) => `v1a,${sign(null, Buffer.from(content), key).toString('base64')}`;

function symmetric() {
  const secret = randomBytes(32);
  return {
    key: `whsec_${secret.toString('base64')}`,
    signature: (content: string) => `v1,${createHmac('sha256', secret).update(content).digest('base64')}`,
  };
}

const PAIR = asymmetric();
const SHARED = symmetric();

interface Sent {
  body?: string;
  id?: string;
  seconds?: number | string;
  signature?: (content: string) => string;
}

const headersOf = ({ body = BODY, id = ID, seconds = SECONDS, signature = PAIR.signature }: Sent = {}) => ({
  'webhook-id': id,
  'webhook-timestamp': String(seconds),
  'webhook-signature': signature(`${id}.${seconds}.${body}`),
});

const verify = (
  headers: Record<string, string | string[] | undefined>,
  { body = BODY, keys = [PAIR.key] }: { body?: string; keys?: string[] } = {},
) => verifyWebhook(body, headers, { keys, now: NOW });

async function refusal(attempt: Promise<unknown>): Promise<WebhookErrorCode | 'accepted'> {
  return attempt.then(
    () => 'accepted' as const,
    (error: unknown) => {
      if (error instanceof WebhookError) return error.code;
      throw error;
    },
  );
}

describe('a delivery of the platform is believed', () => {
  test('in three lines, with its type and data', async () => {
    const now = Math.floor(Date.now() / 1000);
    const event = await verifyWebhook(BODY, new Headers(headersOf({ seconds: now })), PAIR.key);
    if (event.type !== 'redemption.fulfilled.v1') throw new Error(`it is a ${event.type}`);
    expect(event).toMatchObject({ id: ID, occurredAt: new Date('2026-11-22T12:59:59Z'), data: { memberRef: 'đoàn-viên' } });
  });

  test('checked with a list of keys', async () => {
    const seconds = Math.floor(Date.now() / 1000);
    expect((await verifyWebhook(BODY, headersOf({ seconds }), [SHARED.key, PAIR.key])).id).toBe(ID);
    expect(await refusal(verifyWebhook(BODY, headersOf({ seconds }), [SHARED.key]))).toBe('no_matching_signature');
  });

  test('signed with a shared secret', async () => {
    const headers = headersOf({ signature: SHARED.signature });
    expect((await verify(headers, { keys: [SHARED.key] })).id).toBe(ID);
  });

  test.each(['v1a', 'v1'] as const)('as the platform itself signs it (%s)', async (signing) => {
    const made = makeKey(signing);
    const headers = await signedHeaders([signerOf(made.secret)], { id: ID, payload: BODY, at: NOW });
    expect((await verify(headers, { keys: [made.publicKey ?? made.secret] })).id).toBe(ID);
    expect(await refusal(verify(headers, { body: `${BODY} `, keys: [made.publicKey ?? made.secret] }))).toBe('no_matching_signature');
  });

  test('given as bytes, or with headers in Node’s way', async () => {
    expect((await verifyWebhook(Buffer.from(BODY), headersOf(), { keys: PAIR.key, now: NOW })).id).toBe(ID);
    const upper = Object.fromEntries(Object.entries(headersOf()).map(([name, value]) => [name.toUpperCase(), value]));
    expect((await verify(upper)).id).toBe(ID);
  });

  test('during a rotation: by the old key, by the new key, and by both', async () => {
    const next = asymmetric();
    const headers = headersOf({ signature: (content) => `${next.signature(content)} ${PAIR.signature(content)}` });
    for (const keys of [[PAIR.key], [next.key], [PAIR.key, next.key]]) expect((await verify(headers, { keys })).id).toBe(ID);
    expect(await refusal(verify(headers, { keys: [asymmetric().key] }))).toBe('no_matching_signature');
  });

  test('when a signature of a version to come stands beside ours', async () => {
    const headers = headersOf({ signature: (content) => `v9,abcd ${PAIR.signature(content)}` });
    expect((await verify(headers)).id).toBe(ID);
  });

  test('up to five minutes late or early', async () => {
    for (const seconds of [SECONDS - 300, SECONDS + 300]) expect((await verify(headersOf({ seconds }))).id).toBe(ID);
  });

  test('when its type is newer than this package', async () => {
    const body = JSON.stringify({ type: 'redemption.gifted.v1', timestamp: '2026-11-22T12:59:59Z', data: { to: 'x' }, id: ID });
    const event = await verify(headersOf({ body }), { body });
    expect(event).toMatchObject({ type: 'unknown', typeName: 'redemption.gifted.v1', data: { to: 'x' } });
  });
});

describe('a delivery is refused', () => {
  test('when one byte of the body was altered, whichever', async () => {
    const bytes = Buffer.from(BODY);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (index, flip) => {
        const altered = Buffer.from(bytes);
        altered[index] = (altered[index] ?? 0) ^ flip;
        expect(await refusal(verifyWebhook(altered, headersOf(), { keys: PAIR.key, now: NOW }))).toBe('no_matching_signature');
      }),
      { numRuns: 60 },
    );
  });

  test('when one bit of the signature was altered, in either version', async () => {
    for (const [signer, keys] of [
      [PAIR, [PAIR.key]],
      [SHARED, [SHARED.key]],
    ] as const) {
      const signature = (content: string) => {
        const [version = '', encoded = ''] = signer.signature(content).split(',');
        const bytes = Buffer.from(encoded, 'base64');
        bytes[5] = (bytes[5] ?? 0) ^ 1;
        return `${version},${bytes.toString('base64')}`;
      };
      expect(await refusal(verify(headersOf({ signature }), { keys: [...keys] }))).toBe('no_matching_signature');
    }
  });

  test('when forged with another key, or with the public key taken for a secret', async () => {
    expect(await refusal(verify(headersOf({ signature: asymmetric().signature })))).toBe('no_matching_signature');
    const known = Buffer.from(PAIR.key.slice('whpk_'.length), 'base64');
    const confused = (content: string) => `v1,${createHmac('sha256', known).update(content).digest('base64')}`;
    expect(await refusal(verify(headersOf({ signature: confused })))).toBe('no_matching_signature');
    const renamed = (content: string) => confused(content).replace('v1,', 'v1a,');
    expect(await refusal(verify(headersOf({ signature: renamed })))).toBe('no_matching_signature');
  });

  test('when its id or time is not what was signed', async () => {
    expect(await refusal(verify({ ...headersOf(), 'webhook-id': ID.replace('aa', 'ab') }))).toBe('no_matching_signature');
    expect(await refusal(verify({ ...headersOf(), 'webhook-timestamp': String(SECONDS - 1) }))).toBe('no_matching_signature');
  });

  test('when the border between id, time and body is moved under the same signature', async () => {
    const moved = { ...headersOf(), 'webhook-id': `${ID}.${SECONDS}`, 'webhook-timestamp': String(SECONDS) };
    expect(await refusal(verify(moved))).toBe('malformed_header');
  });

  test.each([
    ['too_old', SECONDS - 301],
    ['too_old', 1],
    ['too_new', SECONDS + 301],
    ['malformed_header', '-5'],
    ['malformed_header', '1e9'],
    ['malformed_header', '0'],
    ['malformed_header', `${SECONDS}.5`],
    ['malformed_header', '9'.repeat(30)],
  ] as const)('%s, sent at %s', async (code, seconds) => {
    expect(await refusal(verify(headersOf({ seconds })))).toBe(code);
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('without %s', async (name) => {
    for (const value of [undefined, '']) expect(await refusal(verify({ ...headersOf(), [name]: value }))).toBe('missing_header');
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const)('with %s twice', async (name) => {
    const headers = headersOf();
    expect(await refusal(verify({ ...headers, [name]: [headers[name], headers[name]] }))).toBe('malformed_header');
    expect(await refusal(verify({ ...headers, [name.toUpperCase()]: headers[name] }))).toBe('malformed_header');
    const doubled = new Headers(headers);
    doubled.append(name, headers[name]);
    expect(await refusal(verifyWebhook(BODY, doubled, { keys: PAIR.key, now: NOW }))).toBe('malformed_header');
  });

  test('with the same signature twice, with a list of them, or with none that can be read', async () => {
    const twice = headersOf({ signature: (content) => `${PAIR.signature(content)} ${PAIR.signature(content)}` });
    const many = headersOf({ signature: (content) => Array.from({ length: 9 }, () => asymmetric().signature(content)).join(' ') });
    for (const headers of [twice, many]) expect(await refusal(verify(headers))).toBe('malformed_header');
    for (const nonsense of ['x', 'v1a', 'v1a,', ',abcd', 'v1a,a,b'])
      expect(await refusal(verify(headersOf({ signature: () => nonsense })))).toBe('malformed_header');
    for (const unreadable of ['v1a,@@@@', 'v1a,AAAA', `v1a,${'A'.repeat(87)}`])
      expect(await refusal(verify(headersOf({ signature: () => unreadable })))).toBe('no_matching_signature');
  });

  test('in a second spelling of its base64', async () => {
    const respelled = (content: string) => {
      const [version = '', encoded = ''] = PAIR.signature(content).split(',');
      // 64 bytes end in "==": the last letter has four bits that do not count.
      const last = encoded.at(-3) ?? 'A';
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
      const other = alphabet[alphabet.indexOf(last) ^ 1] ?? 'B';
      return `${version},${encoded.slice(0, -3)}${other}==`;
    };
    expect(Buffer.from(respelled('x').slice(4), 'base64')).toEqual(Buffer.from(PAIR.signature('x').slice(4), 'base64'));
    expect(await refusal(verify(headersOf({ signature: respelled })))).toBe('no_matching_signature');
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no id', JSON.stringify({ type: 'x', timestamp: '2026-11-22T12:59:59Z', data: {} })],
    ['another id', BODY.replace(`"id":"${ID}"`, `"id":"${ID.replace('aa', 'ab')}"`)],
    ['data that is not of its type', BODY.replace('redemptionId', 'redemptionID')],
  ])('when it is signed well and holds %s', async (_what, body) => {
    expect(await refusal(verify(headersOf({ body }), { body }))).toBe('unexpected_payload');
  });
});

test.each([
  ['', 'whpk_', 'whsec_', 'nonsense', 'whpk_@@@@', `whpk_${Buffer.alloc(31).toString('base64')}`],
  [`whsec_${Buffer.alloc(23).toString('base64')}`, `whsk_${Buffer.alloc(32).toString('base64')}`],
])('a key that cannot be one is told as yours to repair: %s', async (...keys) => {
  for (const key of keys) expect([key, await refusal(verify(headersOf(), { keys: [key] }))]).toEqual([key, 'invalid_key']);
  expect(await refusal(verify(headersOf(), { keys: [] }))).toBe('invalid_key');
});

test('many keys in turn are all read right, though only some are kept', async () => {
  for (let round = 0; round < 40; round++) {
    const pair = asymmetric();
    expect((await verify(headersOf({ signature: pair.signature }), { keys: [pair.key] })).id).toBe(ID);
  }
});

describe('once', () => {
  test('a replayed delivery does its work once, also when both come together', async () => {
    const seen = memorySeen();
    let worked = 0;
    const deal = async () => once(await verify(headersOf()), seen, () => worked++);
    const outcomes = await Promise.all([deal(), deal(), deal()]);
    expect(outcomes.toSorted()).toEqual(['done', 'repeated', 'repeated']);
    expect(worked).toBe(1);
  });

  test('work that failed is done by the next delivery', async () => {
    const seen = memorySeen();
    const event = { id: ID };
    await expect(once(event, seen, () => Promise.reject(new Error('database away')))).rejects.toThrow('database away');
    expect(await once(event, seen, () => {})).toBe('done');
    expect(await once(event, seen, () => {})).toBe('repeated');
  });

  test('the memory is bounded and forgets the oldest first', async () => {
    const seen = memorySeen({ capacity: 2 });
    for (const id of ['a', 'b', 'c']) expect(await seen.claim(id)).toBe(true);
    expect([await seen.claim('c'), await seen.claim('b'), await seen.claim('a')]).toEqual([false, false, true]);
  });
});
