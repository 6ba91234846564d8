import { FAKE_PARTNER } from './fixtures.ts';
import type { FakeRedemption } from './store.ts';

export const FAKE_ISSUER = 'https://chung.test';
const PRESENTATION_SECONDS = 120;
const KEY_ID = 'fake-receipt-key';

/** Signs receipts as the platform does (`verifyReceipt` of `@chung/client/receipt` takes them), by a key of its own. */
export interface FakeReceipts {
  issue(redemption: FakeRedemption, now: Date): Promise<{ receipt: string; presentation: string; presentationExpiresAt: string }>;
  /** Which redemption a presentation is of; each is taken once, and only while the redemption is as it was when it was shown. */
  take(presentation: string, now: Date): 'invalid' | 'used' | { readonly redemptionId: string; readonly state: string };
  /** What `/.well-known/chung-receipt-keys.json` answers. */
  keySet(): Promise<object>;
}

interface Shown {
  readonly redemptionId: string;
  readonly state: string;
  readonly expiresAt: Date;
  used: boolean;
}

const encode = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const encodeJson = (value: object) => encode(new TextEncoder().encode(JSON.stringify(value)));
const seconds = (time: Date) => Math.floor(time.getTime() / 1000);

export function fakeReceipts(): FakeReceipts {
  const shown = new Map<string, Shown>();
  let made: Promise<CryptoKeyPair> | null = null;
  // Made at the first use: most tests need none.
  const keys = () => {
    made ??= crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']).then((pair) => {
      if (!('privateKey' in pair)) throw new TypeError('A key pair was expected.');
      return pair;
    });
    return made;
  };
  const sign = async (payload: object, type: string) => {
    const content = `${encodeJson({ alg: 'EdDSA', kid: KEY_ID, typ: `chung-${type}+jws` })}.${encodeJson({ typ: type, iss: FAKE_ISSUER, aud: FAKE_PARTNER.id, ...payload })}`;
    const { privateKey } = await keys();
    return `${content}.${encode(new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, new TextEncoder().encode(content))))}`;
  };
  return {
    issue: async ({ id, member, offer, state, claimedAt, updatedAt }, now) => {
      const iat = seconds(now);
      const expiresAt = new Date((iat + PRESENTATION_SECONDS) * 1000);
      const times = { iat, state_since: updatedAt, claimed_at: claimedAt };
      const receipt = await sign({ jti: id, sub: member.ref, offer: offer.id, terms_version: 1, state, ...times }, 'receipt');
      const showing = { jti: crypto.randomUUID(), redemption: id, offer: offer.id, state, iat, exp: iat + PRESENTATION_SECONDS };
      const presentation = await sign(showing, 'presentation');
      shown.set(presentation, { redemptionId: id, state, expiresAt, used: false });
      return { receipt, presentation, presentationExpiresAt: expiresAt.toISOString() };
    },
    take: (presentation, now) => {
      const one = shown.get(presentation);
      if (!one || one.expiresAt <= now) return 'invalid';
      if (one.used) return 'used';
      one.used = true;
      return one;
    },
    keySet: async () => {
      const { publicKey } = await keys();
      const { kty, crv, x } = await crypto.subtle.exportKey('jwk', publicKey);
      return { keys: [{ kty, crv, x, kid: KEY_ID, alg: 'EdDSA', use: 'sig' }] };
    },
  };
}
