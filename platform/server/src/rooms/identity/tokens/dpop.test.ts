// RFC 9449 §4.3, line by line: a right proof passes once, and each thing that can be wrong with one is refused by itself.
import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../../kernel/errors.ts';
import { verifyDpopProof } from './dpop.ts';

const TOKEN = 'header.payload.signature';
const URL_OF_CALL = 'https://chung.example/v1/me';
const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

interface Holder {
  readonly privateKey: PrivateKey;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
  readonly thumbprint: string;
}
async function holder(algorithm = 'ES256'): Promise<Holder> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  return { privateKey, privateJwk: await exportJWK(privateKey), publicJwk, thumbprint: await calculateJwkThumbprint(publicJwk) };
}

let mine: Holder;
let other: Holder;
beforeAll(async () => {
  [mine, other] = await Promise.all([holder(), holder()]);
});

interface Proof {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: PrivateKey | Uint8Array;
}
function proof({ claims = {}, header = {}, key = mine.privateKey }: Proof = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  return new SignJWT({ htm: 'GET', htu: URL_OF_CALL, ath: hashOf(TOKEN), iat, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: mine.publicJwk, ...header })
    .sign(key);
}

/** Remembers what it was asked, as the room's does in the database. */
function createMemory() {
  const seen = new Map<string, number>();
  return {
    seen,
    seeOnce: async (id: string, expiresInSeconds: number) => {
      const isFirst = !seen.has(id);
      seen.set(id, expiresInSeconds);
      return isFirst;
    },
  };
}

async function verdict(text: string | undefined, { url = URL_OF_CALL, memory = createMemory(), thumbprint = mine.thumbprint } = {}) {
  const expected = { method: 'GET', url, accessToken: TOKEN, thumbprint };
  return verifyDpopProof(memory, text, expected).then(
    () => 'passes',
    (error: unknown) =>
      error instanceof DomainError ? `${error.code}: ${error.cause instanceof Error ? error.cause.message : ''}` : 'a bug',
  );
}

describe('a right proof', () => {
  test('passes, and is remembered for as long as its clock could make it right again', async () => {
    const memory = createMemory();
    expect(await verdict(await proof(), { memory })).toBe('passes');
    expect([...memory.seen.values()]).toEqual([120]);
  });

  test('passes once; the same id under another key is another proof', async () => {
    const memory = createMemory();
    const jti = randomUUID();
    const text = await proof({ claims: { jti } });
    expect(await verdict(text, { memory })).toBe('passes');
    expect(await verdict(text, { memory })).toMatch(/^invalid_dpop_proof: replayed/);
    expect(await verdict(await proof({ claims: { jti } }), { memory })).toMatch(/replayed/);
    const theirs = await proof({ claims: { jti }, header: { jwk: other.publicJwk }, key: other.privateKey });
    expect(await verdict(theirs, { memory, thumbprint: other.thumbprint })).toBe('passes');
  });

  test.each(['ES256', 'Ed25519', 'PS256'])('may be signed by %s', async (alg) => {
    const one = await holder(alg);
    const text = await proof({ header: { alg, jwk: one.publicJwk }, key: one.privateKey });
    expect(await verdict(text, { thumbprint: one.thumbprint })).toBe('passes');
  });

  test.each([
    ['a default port', 'https://chung.example:443/v1/me'],
    ['capitals in scheme and host', 'HTTPS://CHUNG.example/v1/me'],
    ['a query, which is no part of it', 'https://chung.example/v1/me?x=1'],
    ['a fragment, which is no part of it', 'https://chung.example/v1/me#x'],
  ])('may name its address with %s', async (_, htu) => {
    expect(await verdict(await proof({ claims: { htu } }))).toBe('passes');
  });

  test.each([-59, 59])('may come from a clock that is off by %i seconds', async (seconds) => {
    const iat = Math.floor(Date.now() / 1000) + seconds;
    expect(await verdict(await proof({ claims: { iat } }))).toBe('passes');
  });
});

describe('a proof is refused', () => {
  const now = () => Math.floor(Date.now() / 1000);
  test.each<[string, () => Record<string, unknown>, RegExp]>([
    ['another method', () => ({ htm: 'POST' }), /htm/],
    ['its method in small letters', () => ({ htm: 'get' }), /htm/],
    ['no method', () => ({ htm: undefined }), /htm/],
    ['another path', () => ({ htu: 'https://chung.example/v1/me/' }), /htu/],
    ['another host', () => ({ htu: 'https://chung.example.vn/v1/me' }), /htu/],
    ['another scheme', () => ({ htu: 'http://chung.example/v1/me' }), /htu/],
    ['another port', () => ({ htu: 'https://chung.example:8443/v1/me' }), /htu/],
    ['an address that is none', () => ({ htu: 'chung' }), /htu/],
    ['several addresses', () => ({ htu: [URL_OF_CALL] }), /htu/],
    ['another token', () => ({ ath: hashOf('another') }), /ath/],
    ['no token', () => ({ ath: undefined }), /ath/],
    ['the token itself in the place of its hash', () => ({ ath: TOKEN }), /ath/],
    ['a time that is over', () => ({ iat: now() - 62 }), /iat/],
    ['a time that is to come', () => ({ iat: now() + 62 }), /iat/],
    ['no time', () => ({ iat: undefined }), /iat/],
    ['no id', () => ({ jti: undefined }), /jti/],
    ['an empty id', () => ({ jti: '' }), /jti/],
    ['an id that is no text', () => ({ jti: 7 }), /jti/],
    ['an id beyond 256 signs', () => ({ jti: 'x'.repeat(257) }), /jti/],
  ])('with %s', async (_, claims, reason) => {
    const memory = createMemory();
    const said = await verdict(await proof({ claims: claims() }), { memory });
    expect(said).toMatch(/^invalid_dpop_proof: /);
    expect(said).toMatch(reason);
    expect(memory.seen.size).toBe(0);
  });

  test('with an id of 256 signs it is not: that is the limit', async () => {
    expect(await verdict(await proof({ claims: { jti: 'x'.repeat(256) } }))).toBe('passes');
  });

  test.each<[string, () => Proof]>([
    ['signed by another key than it shows', () => ({ key: other.privateKey })],
    ['of another type', () => ({ header: { typ: 'JWT' } })],
    ['without a key', () => ({ header: { jwk: undefined } })],
    ['that shows its private key', () => ({ header: { jwk: mine.privateJwk } })],
    ['of a shared secret', () => ({ header: { alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } }, key: Buffer.alloc(32, 1) })],
  ])('%s', async (_, given) => {
    expect(await verdict(await proof(given()))).toMatch(/^invalid_dpop_proof: /);
  });

  test('of a key that the token is not bound to, however well it is signed', async () => {
    const theirs = await proof({ header: { jwk: other.publicJwk }, key: other.privateKey });
    expect(await verdict(theirs)).toMatch(/another key/);
  });

  test('without a signature, cut, doubled or missing', async () => {
    const [head = '', body = '', signature = ''] = (await proof()).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'dpop+jwt', jwk: mine.publicJwk })).toString('base64url');
    const whole = `${head}.${body}.${signature}`;
    for (const text of [
      `${none}.${body}.`,
      `${head}.${body}.`,
      `${head}.${body}`,
      whole.slice(1),
      `${whole}, ${whole}`,
      '',
      'x',
      undefined,
    ])
      expect(await verdict(text)).toMatch(/^invalid_dpop_proof: /);
  });

  test('when nobody can say whether it was seen: the failure is told, and it does not pass', async () => {
    const lost = new Error('the database is away');
    const memory = { seen: new Map<string, number>(), seeOnce: () => Promise.reject(lost) };
    expect(await verdict(await proof(), { memory })).toBe('a bug');
  });
});
