import type { JWK } from 'jose';

/** A key as others see it: `nbf` says from when it signs, `exp` until when what it signed counts (both in seconds). */
interface Times {
  readonly nbf?: number;
  readonly exp?: number;
}
export type PublishedKey = JWK & Times & { readonly kid: string };

/** The keys behind receipts: one signs, the others still verify. */
export interface ReceiptKeys {
  /** The private key that signs at `now`. */
  signing(now: Date): Promise<JWK>;
  /** The public key of this name; null for one that is unknown, revoked or past its use. */
  verifying(kid: string, now: Date): Promise<JWK | null>;
  /** The set at the public address: keys that will sign, sign and have signed. */
  published(): Promise<{ readonly keys: readonly PublishedKey[] }>;
}

/**
 * How long a verifier may keep the key set (`Cache-Control`). A new key is published for much longer than that before it
 * signs, so nobody meets a receipt whose key they could not have.
 */
export const KEY_SET_MAX_AGE_SECONDS = 600;
export const PUBLISHED_AHEAD_SECONDS = 3_600;
/** The key that signs is replaced after a quarter: what a stolen one could sign in its own name stays bounded. */
export const ROTATE_AFTER_DAYS = 90;
/**
 * A receipt has no end: it is evidence in disputes and books. Vietnam keeps accounting documents for ten years, so that long
 * after its last signature a key stays published. Four keys a year make a set of some 6 kB.
 */
export const KEPT_DAYS = 3_653;

const DAY_MS = 86_400_000;
const seconds = (time: Date | number) => Math.floor(Number(time) / 1000);

function publicPart(jwk: JWK): PublishedKey {
  const { d: _, ...key } = jwk;
  return { ...key, kid: jwk.kid ?? '', alg: 'EdDSA', use: 'sig' };
}

const isOver = (key: PublishedKey, now: Date) => key.exp !== undefined && key.exp <= seconds(now);

/**
 * Keys that the operator sets (`CHUNG_RECEIPT_KEYS`). The first private one whose `nbf` has passed signs: a new key is put
 * first with an `nbf` an hour ahead, is published at once and takes over by itself on every node.
 */
export function fixedReceiptKeys(keys: readonly (JWK & Times)[]): ReceiptKeys {
  const published = keys.map(publicPart);
  return {
    signing: async (now) => {
      const key = keys.find((candidate) => candidate.d !== undefined && (candidate.nbf ?? 0) <= seconds(now));
      if (!key) throw new Error('no key for receipts signs yet');
      return key;
    },
    verifying: async (kid, now) => published.find((key) => key.kid === kid && !isOver(key, now)) ?? null,
    published: async () => ({ keys: published }),
  };
}

/** A key of the database, its private part opened; null when it is destroyed, or sealed under another secret. */
export interface StoredKey {
  readonly generation: number;
  readonly publicKey: JWK & { readonly kid: string };
  readonly privateKey: JWK | null;
  readonly signsFrom: Date;
}

/** By the time from which they sign; one made in need, after a theft, may be numbered after one that still waits. */
const bySigning = (a: StoredKey, b: StoredKey) => b.signsFrom.getTime() - a.signsFrom.getTime() || b.generation - a.generation;

/** The key that began to sign last. Those before it verify, those after it are only published. */
export function signingAt(stored: readonly StoredKey[], now: Date): StoredKey | null {
  const able = stored.filter((key) => key.privateKey !== null && key.signsFrom <= now);
  return able.toSorted(bySigning)[0] ?? null;
}

/** Each key with its times. A key's use as a signer ends where the next one begins; published it stays for years more. */
export function publishedOf(stored: readonly StoredKey[], now: Date): PublishedKey[] {
  const young = stored.toSorted(bySigning);
  return young
    .map((key, index): PublishedKey => {
      const next = young[index - 1];
      const exp = next && { exp: seconds(next.signsFrom.getTime() + KEPT_DAYS * DAY_MS) };
      return { ...publicPart(key.publicKey), nbf: seconds(key.signsFrom), ...exp };
    })
    .filter((key) => !isOver(key, now));
}
