import { createHmac, createSecretKey } from 'node:crypto';
import type { MemberId, PartnerId } from '@chung/contracts';

/** Pairwise ids: one member is another id for each partner, so that two partners cannot join their data. */
export interface Pairwise {
  /** `null` is the platform's own member app. Stable for ever: changing the key breaks every partner's records. */
  subject(partnerId: PartnerId | null, memberId: MemberId): string;
}

/** 24 bytes, four signs for each three of them. */
const SUBJECT_SIGNS = 32;

export function createPairwise(secret: string): Pairwise {
  const key = createSecretKey(Buffer.from(secret));
  return {
    subject: (partnerId, memberId) =>
      createHmac('sha256', key)
        .update(`${partnerId ?? 'platform'}\0${memberId}`)
        .digest('base64url')
        .slice(0, SUBJECT_SIGNS),
  };
}
