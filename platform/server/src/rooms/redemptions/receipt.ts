import { OfferId, PartnerId, RedemptionId, RedemptionState } from '@chung/contracts';
import { CompactSign, compactVerify, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { newId } from '../../kernel/ids.ts';
import type { ReceiptKeys } from './receipt-keys.ts';
import type { RedemptionRow } from './redemption.ts';

export const PRESENTATION_SECONDS = 120;
const RECEIPT_TYPE = 'chung-receipt+jws';
const PRESENTATION_TYPE = 'chung-presentation+jws';

/**
 * What a QR says. It is bound to the partner whose counter may take it (`aud`) and to the state in which it was shown: states
 * never come back, so once anybody has moved the redemption on, every QR shown before is used up, by whichever way it served.
 */
const Presentation = z.object({
  typ: z.literal('presentation'),
  iss: z.string(),
  aud: PartnerId,
  jti: z.uuidv7(),
  redemption: RedemptionId,
  offer: OfferId,
  state: RedemptionState,
  iat: z.int(),
  exp: z.int(),
});
export type Presentation = z.infer<typeof Presentation>;

/** Signs and reads receipts: compact JWS by Ed25519, verifiable offline against the published key set. */
export interface ReceiptSigner {
  /** The lasting receipt: who (pairwise), what, when, in which state, as of `now`. */
  receiptOf(redemption: RedemptionRow, now: Date): Promise<string>;
  /** A presentation for the QR: short-lived and usable once. */
  presentationOf(redemption: RedemptionRow, now: Date): Promise<{ token: string; expiresAt: Date }>;
  /** The presentation in a token; null when it is none, was altered or has expired at `now`. */
  readPresentation(token: string, now: Date): Promise<Presentation | null>;
  published: ReceiptKeys['published'];
}

const seconds = (time: Date) => Math.floor(time.getTime() / 1000);

export function createReceiptSigner({ issuer, keys }: { issuer: string; keys: ReceiptKeys }): ReceiptSigner {
  const imported = importOnce();
  const sign = async (payload: object, typ: string, now: Date): Promise<string> => {
    const key = await keys.signing(now);
    const header = { alg: 'EdDSA', kid: key.kid ?? '', typ };
    return new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader(header).sign(await imported(key));
  };
  return {
    published: () => keys.published(),
    receiptOf: (redemption, now) => sign(claimsOf(redemption, { issuer, now }), RECEIPT_TYPE, now),
    presentationOf: async ({ id, offerId, partnerId, state }, now) => {
      const iat = seconds(now);
      const exp = iat + PRESENTATION_SECONDS;
      const about = { iss: issuer, aud: partnerId, jti: newId<string>(), redemption: id, offer: offerId, state };
      const payload: Presentation = { typ: 'presentation', ...about, iat, exp };
      return { token: await sign(payload, PRESENTATION_TYPE, now), expiresAt: new Date(exp * 1000) };
    },
    readPresentation: async (token, now) => {
      const find = async (kid: string) => {
        const key = await keys.verifying(kid, now);
        return key && imported(key);
      };
      const parsed = Presentation.safeParse(await verified(token, find));
      if (!parsed.success || parsed.data.iss !== issuer || parsed.data.exp * 1000 <= now.getTime()) return null;
      return parsed.data;
    },
  };
}

type Imported = Awaited<ReturnType<typeof importJWK>>;

/** Reading a key takes longer than signing with it; a set that was read anew brings new objects and drops the old. */
function importOnce(): (key: JWK) => Promise<Imported> {
  const known = new WeakMap<JWK, Promise<Imported>>();
  return (key) => {
    const imported = known.get(key) ?? importJWK(key, 'EdDSA');
    known.set(key, imported);
    return imported;
  };
}

function claimsOf(redemption: RedemptionRow, { issuer, now }: { issuer: string; now: Date }): Readonly<Record<string, unknown>> {
  const state: RedemptionState = redemption.state;
  return {
    typ: 'receipt',
    iss: issuer,
    jti: redemption.id,
    sub: redemption.memberRef,
    aud: redemption.partnerId,
    offer: redemption.offerId,
    terms_version: redemption.termsVersion,
    state,
    // A state may change later: the receipt says how it was at this moment, and since when.
    iat: seconds(now),
    state_since: redemption.updatedAt.toISOString(),
    claimed_at: redemption.claimedAt.toISOString(),
  };
}

/** Any failure to verify is the same answer: a caller learns nothing from how a forged token was refused. */
async function verified(token: string, find: (kid: string) => Promise<Imported | null>): Promise<unknown> {
  // Asked before: a database that is away is our failure, and not the token's.
  const key = await find(kidOf(token));
  if (!key) return null;
  try {
    const { payload, protectedHeader } = await compactVerify(token, key, { algorithms: ['EdDSA'] });
    return protectedHeader.typ === PRESENTATION_TYPE ? JSON.parse(Buffer.from(payload).toString('utf8')) : null;
  } catch {
    return null;
  }
}

const Header = z.object({ alg: z.literal('EdDSA'), kid: z.string().max(100) });

function kidOf(token: string): string {
  try {
    const [header = ''] = token.split('.');
    return Header.parse(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).kid;
  } catch {
    return '';
  }
}
