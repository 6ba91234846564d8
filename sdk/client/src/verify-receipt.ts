import type { OfferId, PartnerId, RedemptionId, RedemptionState } from '@chung/contracts';
import { ReceiptError } from './receipt-error.ts';
import { type Json, parseReceiptJws } from './receipt-jws.ts';
import { findKey, type ReceiptKey, type ReceiptKeySet, type ReceiptKeySource } from './receipt-keys.ts';

/** A verified receipt. It says how the redemption stood at `issuedAt`; a later receipt may say otherwise. */
export interface VerifiedReceipt {
  readonly redemptionId: RedemptionId;
  readonly offerId: OfferId;
  readonly partnerId: PartnerId;
  /** Pairwise: another partner knows the same member by another id. */
  readonly memberRef: string;
  readonly state: RedemptionState;
  readonly stateSince: Date;
  readonly claimedAt: Date;
  readonly termsVersion: number;
  readonly issuedAt: Date;
  readonly keyId: string;
}

/** A verified presentation: whoever shows it held the member's phone within the last two minutes. */
export interface VerifiedPresentation {
  /** Its own id: the platform takes each once, and a till that is offline should remember those it took. */
  readonly presentationId: string;
  readonly redemptionId: RedemptionId;
  readonly offerId: OfferId;
  readonly partnerId: PartnerId;
  readonly state: RedemptionState;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly keyId: string;
}

export interface VerifyOptions {
  /** The platform's key set, or a source that keeps it for you (`receiptKeys`). */
  readonly keys: ReceiptKeySet | ReceiptKeySource;
  /** The platform's public address, exactly as it writes it: `https://chung.example`. */
  readonly issuer: string;
  /** Your partner id. */
  readonly audience: string;
  readonly now?: Date;
  /** How far your clock may be off; 30 seconds. */
  readonly toleranceSeconds?: number;
}

export interface VerifyReceiptOptions extends VerifyOptions {
  /** Refuses a receipt issued longer ago, where what counts is how things stand now. Without it a receipt has no end. */
  readonly maxAgeSeconds?: number;
}

const DEFAULT_TOLERANCE_SECONDS = 30;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const STATES: Readonly<Record<string, RedemptionState>> = {
  RESERVED: 'RESERVED',
  REDEEMED: 'REDEEMED',
  FULFILLED: 'FULFILLED',
  PARTLY_REVERSED: 'PARTLY_REVERSED',
  RELEASED: 'RELEASED',
  EXPIRED: 'EXPIRED',
  REVERSED: 'REVERSED',
};

/**
 * Verifies a lasting receipt, without any network when `keys` is a set. Throws `ReceiptError` with a `reason`.
 * WebCrypto only: Node ≥ 20, Deno, Bun, and browsers that know Ed25519 (Chrome 137, Firefox 129, Safari 17). RFC 7515, RFC 8037.
 *
 * @example
 * const receipt = await verifyReceipt(token, { keys, issuer: 'https://chung.example', audience: partnerId });
 * if (receipt.state === 'REDEEMED') honour(receipt.redemptionId, receipt.memberRef);
 */
export async function verifyReceipt(token: string, options: VerifyReceiptOptions): Promise<VerifiedReceipt> {
  const { payload, keyId } = await verify(token, { type: 'receipt', options });
  const read = fieldsOf(payload);
  const issuedAt = read.seconds('iat');
  const { maxAgeSeconds } = options;
  if (maxAgeSeconds !== undefined) assertTime(new Date(issuedAt.getTime() + maxAgeSeconds * 1000), 'expired', options);
  return {
    redemptionId: read.id<RedemptionId>('jti'),
    offerId: read.id<OfferId>('offer'),
    partnerId: read.id<PartnerId>('aud'),
    memberRef: read.text('sub'),
    state: read.state(),
    stateSince: read.instant('state_since'),
    claimedAt: read.instant('claimed_at'),
    termsVersion: read.integer('terms_version'),
    issuedAt,
    keyId,
  };
}

/**
 * Verifies the short-lived token of a QR, offline too. That it was not used before only the platform knows: confirm the
 * redemption with it (`partner.redemptions.confirm`), which takes each presentation once. Throws `ReceiptError` with a `reason`.
 *
 * @example
 * const shown = await verifyPresentation(token, { keys, issuer, audience });
 * if (shown.state === 'RESERVED') show(shown.presentationId);
 */
export async function verifyPresentation(token: string, options: VerifyOptions): Promise<VerifiedPresentation> {
  const { payload, keyId } = await verify(token, { type: 'presentation', options });
  const read = fieldsOf(payload);
  const expiresAt = read.seconds('exp');
  assertTime(expiresAt, 'expired', options);
  return {
    presentationId: read.id('jti'),
    redemptionId: read.id<RedemptionId>('redemption'),
    offerId: read.id<OfferId>('offer'),
    partnerId: read.id<PartnerId>('aud'),
    state: read.state(),
    issuedAt: read.seconds('iat'),
    expiresAt,
    keyId,
  };
}

interface Asked {
  readonly type: 'receipt' | 'presentation';
  readonly options: VerifyOptions;
}

/** Everything that both kinds have in common. The signature comes first: what an unsigned token says decides nothing. */
async function verify(token: string, { type, options }: Asked): Promise<{ payload: Json; keyId: string }> {
  const { kid, typ, payload, signedBytes, signature } = parseReceiptJws(token);
  const { keys } = options;
  const key = 'find' in keys ? await keys.find(kid) : findKey(keys, kid);
  if (!key || isOver(key, options)) throw new ReceiptError('unknown_key');
  if (!(await isSigned(key, signature, signedBytes))) throw new ReceiptError('bad_signature');
  if (typ !== `chung-${type}+jws` || payload['typ'] !== type) throw new ReceiptError('wrong_type');
  if (payload['iss'] !== options.issuer) throw new ReceiptError('wrong_issuer');
  if (payload['aud'] !== options.audience) throw new ReceiptError('wrong_audience');
  assertTime(fieldsOf(payload).seconds('iat'), 'not_yet_valid', options);
  return { payload, keyId: kid };
}

const nowOf = (options: VerifyOptions) => options.now ?? new Date();

function isOver(key: ReceiptKey, options: VerifyOptions): boolean {
  return key.exp !== undefined && key.exp * 1000 <= nowOf(options).getTime();
}

async function isSigned(key: ReceiptKey, signature: Uint8Array<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  // Only these four: what else stands in the set (`alg`, `use`, times) is not WebCrypto's to judge.
  const jwk = { kty: key.kty, crv: key.crv, x: key.x };
  const imported = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['verify']).catch((error: unknown) => {
    throw new ReceiptError('unknown_key', error);
  });
  return crypto.subtle.verify('Ed25519', imported, signature, bytes);
}

function assertTime(time: Date, reason: 'expired' | 'not_yet_valid', options: VerifyOptions): void {
  const toleranceMs = (options.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS) * 1000;
  const agoMs = nowOf(options).getTime() - time.getTime();
  // Asked for what holds: with a tolerance or a clock that is no number, nothing does, and the token is refused.
  const holds = reason === 'expired' ? agoMs < toleranceMs : agoMs >= -toleranceMs;
  if (!holds) throw new ReceiptError(reason);
}

/** Reads what the platform writes; a field that is missing or of another kind is a token of another version. */
function fieldsOf(payload: Json) {
  const text = (name: string): string => {
    const value = payload[name];
    if (typeof value !== 'string' || value === '') throw new ReceiptError('malformed');
    return value;
  };
  const integer = (name: string): number => {
    const value = payload[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new ReceiptError('malformed');
    return value;
  };
  const dated = (time: Date): Date => {
    if (Number.isNaN(time.getTime())) throw new ReceiptError('malformed');
    return time;
  };
  return {
    text,
    integer,
    id: <Id extends string>(name: string): Id => {
      const value = text(name);
      if (!isId<Id>(value)) throw new ReceiptError('malformed');
      return value;
    },
    seconds: (name: string) => dated(new Date(integer(name) * 1000)),
    instant: (name: string) => dated(new Date(text(name))),
    state: (): RedemptionState => {
      const state = Object.hasOwn(STATES, text('state')) ? STATES[text('state')] : undefined;
      if (!state) throw new ReceiptError('malformed');
      return state;
    },
  };
}

/** A brand says only which of our ids it is; the field's name has told that. */
function isId<Id extends string>(value: string): value is Id {
  return UUID.test(value);
}
