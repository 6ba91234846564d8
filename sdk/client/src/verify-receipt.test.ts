// What a till believes when nobody can be asked: only what the platform signed, for this partner, of this kind, in its time.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ReceiptError, type ReceiptKey, type ReceiptKeySet, verifyPresentation, verifyReceipt } from './receipt.ts';

const ISSUER = 'https://chung.example';
const PARTNER = '01912345-0000-7000-8000-000000000001';
const NOW = new Date('2026-11-22T12:00:00Z');
const IAT = NOW.getTime() / 1000 - 10;
const common = { iss: ISSUER, aud: PARTNER, offer: '01912345-0000-7000-8000-000000000002', state: 'REDEEMED', iat: IAT };
const receipt = {
  typ: 'receipt',
  ...common,
  jti: '01912345-0000-7000-8000-000000000003',
  sub: 'pairwise-1',
  terms_version: 2,
  state_since: '2026-11-22T11:00:00.000Z',
  claimed_at: '2026-11-22T10:59:00.000Z',
};
const presentation = {
  typ: 'presentation',
  ...common,
  jti: '01912345-0000-7000-8000-000000000004',
  redemption: receipt.jti,
  exp: IAT + 120,
};

interface Pair {
  readonly privateKey: CryptoKey;
  readonly publicKey: ReceiptKey;
}

async function pair(kid: string): Promise<Pair> {
  const keys = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new Error('Ed25519 makes pairs');
  const { x = '' } = await crypto.subtle.exportKey('jwk', keys.publicKey);
  return { privateKey: keys.privateKey, publicKey: { kty: 'OKP', crv: 'Ed25519', kid, x } };
}

const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url');
const header = (kind: 'receipt' | 'presentation', kid = 'k1') => ({ alg: 'EdDSA', kid, typ: `chung-${kind}+jws` });
/** Signs texts as they are, so that a test can spell them as it likes. */
async function sign(head: object | string, payload: object | string, key: CryptoKey = mine.privateKey): Promise<string> {
  const spelled = (part: object | string) => base64url(typeof part === 'string' ? part : JSON.stringify(part));
  const signed = `${spelled(head)}.${spelled(payload)}`;
  return `${signed}.${base64url(new Uint8Array(await crypto.subtle.sign('Ed25519', key, Buffer.from(signed))))}`;
}

let mine: Pair;
let stranger: Pair;
let keys: ReceiptKeySet;
beforeAll(async () => {
  [mine, stranger] = [await pair('k1'), await pair('k1')];
  keys = { keys: [mine.publicKey] };
});

const options = (changes = {}) => ({ keys, issuer: ISSUER, audience: PARTNER, now: NOW, ...changes });
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof ReceiptError ? error.reason : `bug: ${error}`),
  );
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

describe('a good token', () => {
  test('tells who, pairwise, what, when and in which state', async () => {
    expect(await verifyReceipt(await sign(header('receipt'), receipt), options())).toEqual({
      redemptionId: receipt.jti,
      offerId: common.offer,
      partnerId: PARTNER,
      memberRef: 'pairwise-1',
      state: 'REDEEMED',
      stateSince: new Date(receipt.state_since),
      claimedAt: new Date(receipt.claimed_at),
      termsVersion: 2,
      issuedAt: new Date(IAT * 1000),
      keyId: 'k1',
    });
  });

  test('of a QR tells which redemption it stands for and until when', async () => {
    expect(await verifyPresentation(await sign(header('presentation'), presentation), options())).toEqual({
      presentationId: presentation.jti,
      redemptionId: receipt.jti,
      offerId: common.offer,
      partnerId: PARTNER,
      state: 'REDEEMED',
      issuedAt: new Date(IAT * 1000),
      expiresAt: new Date((IAT + 120) * 1000),
      keyId: 'k1',
    });
  });

  test('needs no network', async () => {
    const { fetch } = globalThis;
    globalThis.fetch = () => Promise.reject(new Error('closed'));
    try {
      expect(await reasonOf(verifyReceipt(await sign(header('receipt'), receipt), options()))).toBe('accepted');
    } finally {
      globalThis.fetch = fetch;
    }
  });
});

describe('a forged token', () => {
  const forged: [string, string, () => Promise<string>][] = [
    ['signed by another key under our key’s name', 'bad_signature', () => sign(header('receipt'), receipt, stranger.privateKey)],
    ['that asks for no algorithm', 'wrong_algorithm', () => sign({ ...header('receipt'), alg: 'none' }, receipt)],
    ['without a signature', 'bad_signature', async () => `${(await sign(header('receipt'), receipt)).split('.').slice(0, 2).join('.')}.`],
    ['by HMAC with our public key as its secret', 'wrong_algorithm', () => hmac({ ...header('receipt'), alg: 'HS256' })],
    ['by HMAC that says EdDSA', 'bad_signature', () => hmac(header('receipt'))],
    ['that brings its own key', 'malformed', () => sign({ ...header('receipt'), jwk: stranger.publicKey }, receipt, stranger.privateKey)],
    ['with a critical extension', 'malformed', () => sign({ ...header('receipt'), crit: ['x'] }, receipt)],
    ['by a key that is not in the set', 'unknown_key', () => sign(header('receipt', 'k2'), receipt)],
    ['whose key is named like a property of every object', 'unknown_key', () => sign(header('receipt', '__proto__'), receipt)],
    ['that is a presentation', 'wrong_type', () => sign(header('presentation'), presentation)],
    ['that is a presentation under a receipt’s header', 'wrong_type', () => sign(header('receipt'), presentation)],
    ['that is a receipt under a presentation’s header', 'wrong_type', () => sign(header('presentation'), receipt)],
    ['of another platform', 'wrong_issuer', () => sign(header('receipt'), { ...receipt, iss: `${ISSUER}/` })],
    ['for another partner', 'wrong_audience', () => sign(header('receipt'), { ...receipt, aud: receipt.jti })],
    ['for a list of partners', 'wrong_audience', () => sign(header('receipt'), { ...receipt, aud: [PARTNER] })],
    ['from the future', 'not_yet_valid', () => sign(header('receipt'), { ...receipt, iat: IAT + 60 })],
    ['with a state that there is not', 'malformed', () => sign(header('receipt'), { ...receipt, state: 'toString' })],
    ['with an id that is none', 'malformed', () => sign(header('receipt'), { ...receipt, jti: '../..' })],
    ['with a time that is none', 'malformed', () => sign(header('receipt'), { ...receipt, claimed_at: 'yesterday' })],
    ['with a fraction for a number', 'malformed', () => sign(header('receipt'), { ...receipt, iat: IAT + 0.5 })],
    [
      'that says one thing twice',
      'malformed',
      () => sign(header('receipt'), JSON.stringify(receipt).replace('{', '{"state":"FULFILLED",')),
    ],
    ['whose header says one thing twice', 'malformed', () => sign(JSON.stringify(header('receipt')).replace('{', '{"kid":"k1",'), receipt)],
    ['that spells JSON in another way', 'malformed', () => sign(header('receipt'), JSON.stringify(receipt, null, 1))],
    ['that is a list', 'malformed', () => sign(header('receipt'), '[]')],
    [
      'that is no UTF-8',
      'malformed',
      async () => (await sign(header('receipt'), receipt)).replace(/\.[^.]+\./, `.${base64url(Buffer.of(0xff))}.`),
    ],
    ['of two parts', 'malformed', async () => 'a.b'],
    ['of four parts', 'malformed', async () => `${await sign(header('receipt'), receipt)}.x`],
    ['with padding', 'malformed', async () => `${await sign(header('receipt'), receipt)}=`],
    [
      'that is longer than any of ours',
      'malformed',
      async () => `${await sign(header('receipt'), { ...receipt, sub: 'x'.repeat(9_000) })}`,
    ],
    ['of nothing', 'malformed', async () => ''],
  ];
  test.each(forged)('%s is refused as %s', async (_name, reason, forge) => {
    expect(await reasonOf(verifyReceipt(await forge(), options()))).toBe(reason);
  });

  async function hmac(head: object): Promise<string> {
    const secret = Buffer.from(mine.publicKey.x, 'base64url');
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const signed = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify(receipt))}`;
    return `${signed}.${base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, Buffer.from(signed))))}`;
  }

  test('is refused whichever one letter of a good one was changed', async () => {
    const good = await sign(header('receipt'), receipt);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ';
    const change = fc.tuple(fc.nat(good.length - 1), fc.constantFrom(...alphabet));
    await fc.assert(
      fc.asyncProperty(change, async ([place, letter]) => {
        fc.pre(good[place] !== letter);
        const changed = good.slice(0, place) + letter + good.slice(place + 1);
        expect(await reasonOf(verifyReceipt(changed, options()))).not.toMatch(/accepted|bug/);
      }),
      { numRuns: 400 },
    );
    // The last letter of a signature has four bits that decode to nothing.
    const last = alphabet.indexOf(good.at(-1) ?? '');
    expect(await reasonOf(verifyReceipt(good.slice(0, -1) + alphabet[last ^ 1], options()))).toBe('malformed');
  });

  test('never makes anything but a refusal, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(fc.base64String(), { minLength: 3, maxLength: 3 }).map((p) => p.join('.')),
        ),
        async (text) => {
          expect(await reasonOf(verifyReceipt(text, options()))).not.toMatch(/accepted|bug/);
        },
      ),
    );
  });
});

describe('time', () => {
  test('ends a presentation after its two minutes, give or take the tolerance of the till’s clock', async () => {
    const token = await sign(header('presentation'), presentation);
    const at = (seconds: number, toleranceSeconds = 0) =>
      reasonOf(verifyPresentation(token, options({ now: after(seconds), toleranceSeconds })));
    expect([await at(109), await at(110), await at(139, 30), await at(140, 30)]).toEqual(['accepted', 'expired', 'accepted', 'expired']);
    expect([await at(-11), await at(-10), await at(-40, 30)]).toEqual(['not_yet_valid', 'accepted', 'accepted']);
  });

  test('ends no receipt, unless the verifier asks for a young one', async () => {
    const token = await sign(header('receipt'), receipt);
    const years = after(9 * 365 * 86_400);
    expect(await reasonOf(verifyReceipt(token, options({ now: years })))).toBe('accepted');
    expect(await reasonOf(verifyReceipt(token, options({ now: years, maxAgeSeconds: 3_600 })))).toBe('expired');
    expect(await reasonOf(verifyReceipt(token, options({ maxAgeSeconds: 3_600 })))).toBe('accepted');
  });

  test('that cannot be told refuses: a clock, a tolerance or an age that is no number', async () => {
    const [qr, lasting] = [await sign(header('presentation'), presentation), await sign(header('receipt'), receipt)];
    const no = Number('a setting that is missing');
    expect(await reasonOf(verifyPresentation(qr, options({ toleranceSeconds: no, now: after(86_400) })))).toBe('not_yet_valid');
    expect(await reasonOf(verifyPresentation(qr, options({ now: new Date(no) })))).toBe('not_yet_valid');
    expect(await reasonOf(verifyReceipt(lasting, options({ maxAgeSeconds: no })))).toBe('expired');
  });

  test('ends a key: what it signed counts until its end and not after', async () => {
    const token = await sign(header('receipt'), receipt);
    const ended = (exp: number) => reasonOf(verifyReceipt(token, options({ keys: { keys: [{ ...mine.publicKey, exp }] } })));
    expect([await ended(IAT + 11), await ended(IAT + 10)]).toEqual(['accepted', 'unknown_key']);
  });
});

describe('a set of keys', () => {
  test('that has changed still verifies what the old key signed, and nothing of a key that was removed', async () => {
    const next = await pair('k2');
    const [old, young] = [await sign(header('receipt'), receipt), await sign(header('receipt', 'k2'), receipt, next.privateKey)];
    const with_ = (...set: ReceiptKey[]) => options({ keys: { keys: set } });
    for (const token of [old, young]) expect(await reasonOf(verifyReceipt(token, with_(next.publicKey, mine.publicKey)))).toBe('accepted');
    expect(await reasonOf(verifyReceipt(old, with_(next.publicKey)))).toBe('unknown_key');
  });

  test('that is broken verifies nothing: two keys of a name, another curve, a key that is no point', async () => {
    const token = await sign(header('receipt'), receipt);
    for (const set of [[mine.publicKey, stranger.publicKey], [{ ...mine.publicKey, crv: 'X25519' }], [{ ...mine.publicKey, x: 'AA' }], []])
      expect(await reasonOf(verifyReceipt(token, options({ keys: { keys: set } })))).toBe('unknown_key');
  });
});
