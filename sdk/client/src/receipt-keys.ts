import { ReceiptError } from './receipt-error.ts';
import { isRecord } from './receipt-jws.ts';

/** One public key of the set; `nbf` and `exp` (seconds) say from when it signs and until when what it signed counts. */
export interface ReceiptKey {
  readonly kty: string;
  readonly crv: string;
  readonly kid: string;
  readonly x: string;
  readonly nbf?: number;
  readonly exp?: number;
}

/** The document at `/.well-known/chung-receipt-keys.json`. */
export interface ReceiptKeySet {
  readonly keys: readonly ReceiptKey[];
}

/** Where keys come from when they are not simply at hand: see `receiptKeys`. */
export interface ReceiptKeySource {
  /** The key of this name; null when the set does not hold it. Throws `ReceiptError` `keys_unavailable`. */
  find(kid: string): Promise<ReceiptKey | null>;
}

export interface ReceiptKeysOptions {
  /** A set kept from before, such as the one in the till's storage: with it the first verification needs no network either. */
  readonly initial?: { readonly set: ReceiptKeySet; readonly fetchedAt: Date };
  /** Called with each new set, to keep it over a restart. */
  readonly onFetched?: (set: ReceiptKeySet, fetchedAt: Date) => void;
  /** How old a set may grow while the platform cannot be reached. A key revoked meanwhile counts for that long; seven days. */
  readonly maxStaleSeconds?: number;
  readonly fetch?: typeof fetch;
  /** Your clock; tests move it. */
  readonly now?: () => Date;
}

const DEFAULT_MAX_AGE_SECONDS = 600;
const DEFAULT_MAX_STALE_SECONDS = 7 * 86_400;
/** Made-up key names must not make a till ask the platform at every scan. */
const ASK_AGAIN_SECONDS = 30;
const FETCH_MS = 5_000;

export function isKeySet(value: unknown): value is ReceiptKeySet {
  const isKey = (key: unknown) => isRecord(key) && typeof key['kid'] === 'string' && typeof key['x'] === 'string';
  return isRecord(value) && Array.isArray(value['keys']) && value['keys'].every(isKey);
}

export function findKey(set: ReceiptKeySet, kid: string): ReceiptKey | null {
  const [key, ...more] = set.keys.filter((candidate) => candidate.kid === kid && candidate.kty === 'OKP' && candidate.crv === 'Ed25519');
  // Two keys of one name are a broken set: which is meant is not ours to guess.
  return key !== undefined && more.length === 0 ? key : null;
}

interface Kept {
  readonly set: ReceiptKeySet;
  readonly at: number;
  readonly maxAgeSeconds: number;
  readonly etag: string | null;
}

/**
 * A key set that is fetched when needed and kept: fresh for as long as the platform says (`Cache-Control`, ten minutes), asked
 * for at once when a token names a key it does not hold, and used on while the platform cannot be reached, up to
 * `maxStaleSeconds`. One request at a time, however many verify.
 *
 * @example
 * const keys = receiptKeys('https://chung.example/.well-known/chung-receipt-keys.json');
 * const receipt = await verifyReceipt(token, { keys, issuer: 'https://chung.example', audience: partnerId });
 */
export function receiptKeys(url: string, options: ReceiptKeysOptions = {}): ReceiptKeySource {
  const { initial, onFetched, maxStaleSeconds = DEFAULT_MAX_STALE_SECONDS, fetch: get = fetch, now = () => new Date() } = options;
  let kept: Kept | null = initial
    ? { set: initial.set, at: initial.fetchedAt.getTime(), maxAgeSeconds: DEFAULT_MAX_AGE_SECONDS, etag: null }
    : null;
  let asking: Promise<void> | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  // A clock set back makes an age negative: as good as not knowing how old the set is.
  const isYounger = (at: number, limitSeconds: number) => Math.abs(now().getTime() - at) < limitSeconds * 1000;

  const ask = async (): Promise<void> => {
    askedAt = now().getTime();
    const headers = kept?.etag ? { 'if-none-match': kept.etag } : {};
    const response = await get(url, { headers, signal: AbortSignal.timeout(FETCH_MS) });
    const at = now().getTime();
    if (response.status === 304 && kept) {
      kept = { ...kept, at };
      return;
    }
    const set: unknown = response.ok ? await response.json() : null;
    if (!isKeySet(set)) throw new TypeError(`${url} answered ${response.status} and no key set.`);
    kept = { set, at, maxAgeSeconds: maxAgeOf(response), etag: response.headers.get('etag') };
    onFetched?.(set, new Date(at));
  };
  const refresh = (): Promise<void> => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
  const current = async (): Promise<ReceiptKeySet> => {
    if (kept && isYounger(kept.at, kept.maxAgeSeconds)) return kept.set;
    // After a failure the stale set serves for a while without a try: a till that is offline must not wait at every scan.
    const failed =
      kept && !asking && isYounger(askedAt, ASK_AGAIN_SECONDS)
        ? new Error('asked a moment ago')
        : await refresh().then(
            () => null,
            (error: unknown) => error,
          );
    if (kept && isYounger(kept.at, failed === null ? Number.POSITIVE_INFINITY : maxStaleSeconds)) return kept.set;
    throw new ReceiptError('keys_unavailable', failed);
  };
  return {
    find: async (kid) => {
      const found = findKey(await current(), kid);
      if (found || isYounger(askedAt, ASK_AGAIN_SECONDS)) return found;
      await refresh().catch(() => undefined);
      return findKey(await current(), kid);
    },
  };
}

function maxAgeOf(response: Response): number {
  const [, seconds] = /\bmax-age=(\d{1,9})\b/.exec(response.headers.get('cache-control') ?? '') ?? [];
  return seconds === undefined ? DEFAULT_MAX_AGE_SECONDS : Number(seconds);
}
