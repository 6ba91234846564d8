// Claims in this process through the use case, so many at a time for so long; counts what was answered, which is after the commit.
import type { OfferId } from '@chung/contracts';
import { DomainError } from '../../../platform/server/src/kernel/errors.ts';
import { claimOffer } from '../../../platform/server/src/rooms/redemptions/claim-offer.ts';
import type { Sale } from './sale.ts';

export interface ClaimLoop {
  readonly offers: readonly OfferId[];
  readonly outstanding: number;
  readonly seconds: number;
}

export interface ClaimedInLoop {
  readonly rate: number;
  /** Refusals by their code; a bench with endless stock has none. */
  readonly refused: Readonly<Record<string, number>>;
}

export async function claimInLoop(sale: Sale, { offers, outstanding, seconds }: ClaimLoop): Promise<ClaimedInLoop> {
  const { members, principal, platform } = sale;
  const refused: Record<string, number> = {};
  const began = performance.now();
  const until = began + seconds * 1000;
  let next = Math.floor(Math.random() * members.length);
  let answered = 0;
  const claimant = async () => {
    while (performance.now() < until) {
      const memberId = members[next++ % members.length];
      const offerId = offers[Math.floor(Math.random() * offers.length)];
      if (!memberId || !offerId) throw new Error('no member or no offer to claim with');
      try {
        await claimOffer(platform.redemptions, { principal: principal(memberId), offerId, idempotencyKey: crypto.randomUUID() });
        // An answer after the end belongs to no second of the turn.
        if (performance.now() < until) answered++;
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        refused[error.code] = (refused[error.code] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: outstanding }, claimant));
  return { rate: answered / seconds, refused };
}
