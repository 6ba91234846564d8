import type { OfferDraft, OfferId } from '@chung/contracts';
import type { Tx } from '../../../kernel/db.ts';
import type { Vault } from '../../../kernel/vault.ts';
import { commitmentOf, newSeed } from './draw.ts';
import { putLottery } from './lottery-store.ts';
import { reopenQueueRows } from './queue-store.ts';

/** A sealed seed copied to another offer must not open there. */
export const seedContext = (offerId: OfferId): string => `lottery:${offerId}`;

/**
 * Terms are published, in the transaction that does it: a lottery gets its seed and shows the commitment before anyone can enter, and
 * whoever waits is served before anyone can claim.
 */
export async function openQueue(tx: Tx, { vault }: { vault: Vault }, offer: { id: OfferId; terms: OfferDraft }): Promise<void> {
  const { allocation, window } = offer.terms;
  if (allocation.mode === 'lottery') {
    const seed = newSeed();
    await putLottery(tx, {
      offerId: offer.id,
      commitment: commitmentOf(seed),
      sealedSeed: vault.seal(seed.toString('hex'), seedContext(offer.id)),
      entriesFrom: allocation.entriesFrom,
      entriesUntil: allocation.entriesUntil,
    });
  }
  const keptKind = allocation.mode === 'lottery' ? 'lottery' : allocation.waitingList === 'on' ? 'waiting' : null;
  await reopenQueueRows(tx, { offerId: offer.id, keptKind, endsAt: window.endsAt });
}
