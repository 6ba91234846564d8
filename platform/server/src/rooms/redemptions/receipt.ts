import { RedemptionId, type RedemptionState } from '@chung/contracts';
import { CompactSign, compactVerify, createLocalJWKSet, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { newId } from '../../kernel/ids.ts';
import type { RedemptionRow } from './redemption.ts';

export const PRESENTATION_SECONDS = 120;

const Presentation = z.object({ typ: z.literal('presentation'), jti: z.uuidv7(), redemption: RedemptionId, exp: z.int(), iss: z.string() });
export type Presentation = z.infer<typeof Presentation>;

/** Signs and reads receipts: compact JWS by Ed25519, verifiable offline against the published key set. */
export interface ReceiptSigner {
  /** The lasting receipt: who (pairwise), what, when, in which state. */
  receiptOf(redemption: RedemptionRow): Promise<string>;
  /** A presentation for the QR: short-lived and usable once. */
  presentationOf(redemption: RedemptionRow, now: Date): Promise<{ token: string; expiresAt: Date }>;
  /** The presentation in a token; null when it is none, was altered or has expired at `now`. */
  readPresentation(token: string, now: Date): Promise<Presentation | null>;
  readonly publicKeys: { readonly keys: readonly JWK[] };
}

export function createReceiptSigner(options: { issuer: string; keys: readonly JWK[] }): ReceiptSigner {
  const [signing] = options.keys;
  if (!signing) throw new Error('receipts need a signing key');
  const publicKeys = { keys: options.keys.map(({ d: _, ...key }) => ({ ...key, alg: 'EdDSA', use: 'sig' })) };
  const keySet = createLocalJWKSet(publicKeys);
  const sign = async (payload: Readonly<Record<string, unknown>>, typ: string): Promise<string> =>
    new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'EdDSA', kid: signing.kid ?? '', typ })
      .sign(await importJWK(signing, 'EdDSA'));
  return {
    publicKeys,
    receiptOf: (redemption) => sign(claimsOf(redemption, options.issuer), 'chung-receipt+jws'),
    presentationOf: async (redemption, now) => {
      const iat = Math.floor(now.getTime() / 1000);
      const exp = iat + PRESENTATION_SECONDS;
      const payload = { typ: 'presentation', iss: options.issuer, jti: newId<string>(), redemption: redemption.id, iat, exp };
      return { token: await sign(payload, 'chung-presentation+jws'), expiresAt: new Date(exp * 1000) };
    },
    readPresentation: async (token, now) => {
      const payload = await verified(token, keySet);
      const parsed = Presentation.safeParse(payload);
      if (!parsed.success || parsed.data.iss !== options.issuer || parsed.data.exp * 1000 <= now.getTime()) return null;
      return parsed.data;
    },
  };
}

function claimsOf(redemption: RedemptionRow, issuer: string): Readonly<Record<string, unknown>> {
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
    iat: Math.floor(redemption.updatedAt.getTime() / 1000),
    claimed_at: redemption.claimedAt.toISOString(),
  };
}

/** Any failure is the same answer: a caller learns nothing from how a forged token was refused. */
async function verified(token: string, keySet: ReturnType<typeof createLocalJWKSet>): Promise<unknown> {
  try {
    const { payload } = await compactVerify(token, keySet, { algorithms: ['EdDSA'] });
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return null;
  }
}
