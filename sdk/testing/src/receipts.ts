import type { RedemptionId, RedemptionState } from '@chung/contracts';
import { refOf } from './fixtures.ts';
import type { FakeRedemption } from './state/records.ts';

export const FAKE_ISSUER = 'https://chung.test';
const PRESENTATION_SECONDS = 120;
const KEY_ID = 'fake-receipt-key';

/** Signs receipts as the platform does (`verifyReceipt` of `@chung/client/receipt` takes them), by a key of its own. */
export interface FakeReceipts {
  issue(redemption: FakeRedemption, now: Date): Promise<{ receipt: string; presentation: string; presentationExpiresAt: string }>;
  /** What a presentation says; null for one that was forged or has run out. Reading uses nothing up. */
  read(presentation: string, now: Date): Shown | null;
  /** A presentation serves once. */
  use(presentation: string): void;
  /** What `/.well-known/chung-receipt-keys.json` answers. */
  keySet(): Promise<object>;
}

interface Shown {
  readonly redemptionId: RedemptionId;
  /** Of the redemption when it was shown. */
  readonly state: RedemptionState;
  readonly expiresAt: Date;
  isUsed: boolean;
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
  const sign = async (payload: { readonly aud: string; readonly [claim: string]: unknown }, type: string) => {
    const content = `${encodeJson({ alg: 'EdDSA', kid: KEY_ID, typ: `chung-${type}+jws` })}.${encodeJson({ typ: type, iss: FAKE_ISSUER, ...payload })}`;
    const { privateKey } = await keys();
    return `${content}.${encode(new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, new TextEncoder().encode(content))))}`;
  };
  return {
    issue: async ({ id, member, offer, termsVersion, state, claimedAt, updatedAt }, now) => {
      const aud = offer.partner.id;
      const iat = seconds(now);
      const expiresAt = new Date((iat + PRESENTATION_SECONDS) * 1000);
      const times = { iat, state_since: updatedAt, claimed_at: claimedAt };
      const receipt = await sign(
        { aud, jti: id, sub: refOf(member, aud), offer: offer.id, terms_version: termsVersion, state, ...times },
        'receipt',
      );
      const showing = { aud, jti: crypto.randomUUID(), redemption: id, offer: offer.id, state, iat, exp: iat + PRESENTATION_SECONDS };
      const presentation = await sign(showing, 'presentation');
      shown.set(presentation, { redemptionId: id, state, expiresAt, isUsed: false });
      return { receipt, presentation, presentationExpiresAt: expiresAt.toISOString() };
    },
    read: (presentation, now) => {
      const one = shown.get(presentation);
      return one && one.expiresAt > now ? one : null;
    },
    use: (presentation) => {
      const one = shown.get(presentation);
      if (one) one.isUsed = true;
    },
    keySet: async () => {
      const { publicKey } = await keys();
      const { kty, crv, x } = await crypto.subtle.exportKey('jwk', publicKey);
      return { keys: [{ kty, crv, x, kid: KEY_ID, alg: 'EdDSA', use: 'sig' }] };
    },
  };
}
