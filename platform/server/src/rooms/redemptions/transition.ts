import type { OfferId, RedemptionId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { appendEvent } from '../../kernel/outbox.ts';
import type { Journal, Ledger } from '../ledger/index.ts';
import type { RedemptionPorts } from './ports.ts';
import { redeemedJournal, reversedJournal, unheldJournal } from './postings.ts';
import { ARROWS, type Arrow, type RedemptionRow } from './redemption.ts';
import { moveState, uncountUse } from './store.ts';

export interface Transition {
  readonly offerId: OfferId;
  readonly id: RedemptionId;
  readonly arrow: Arrow;
  readonly reason?: string;
}

/**
 * The one way a redemption changes state after its claim: guarded update, journal, limit, event and last the stock, whose
 * row is the hot one. Null when the guard refused: the caller reads the row and answers its recorded outcome.
 */
export async function transition(tx: Tx, ports: RedemptionPorts, move: Transition): Promise<RedemptionRow | null> {
  const rule = ARROWS[move.arrow];
  const moved = await moveState(tx, { ...move, from: rule.from, to: rule.to, hold: rule.hold, reason: move.reason ?? null });
  if (!moved) return null;
  const journal = await journalOf(tx, ports.ledger, moved, move.arrow);
  if (journal) await ports.ledger.post(tx, [journal]);
  if (rule.limit === 'give-back') await uncountUse(tx, { offerId: moved.offerId, memberId: moved.memberId, day: moved.claimedDay });
  await tell(tx, moved, move);
  await moveUnit(tx, ports, moved.offerId, rule.unit);
  return moved;
}

async function journalOf(tx: Tx, ledger: Ledger, moved: RedemptionRow, arrow: Arrow): Promise<Journal | null> {
  switch (arrow) {
    case 'confirm':
      return redeemedJournal(moved, 'hold');
    case 'cancel':
      return unheldJournal(moved, 'released');
    case 'expire':
      return unheldJournal(moved, 'expired');
    case 'reverse':
      return reversedJournal(moved, await ledger.postingsOf(tx, { shardId: moved.offerId, causeId: moved.id, kind: 'redeemed' }));
    case 'fulfil':
      return null;
  }
}

async function tell(tx: Tx, moved: RedemptionRow, move: Transition): Promise<void> {
  const { event } = ARROWS[move.arrow];
  const common = { redemptionId: moved.id, offerId: moved.offerId, memberRef: moved.memberRef, state: moved.state };
  const place = { shardId: moved.offerId, partnerId: moved.partnerId };
  if (event === 'redemption.redeemed.v1') {
    const charged = { feeMinor: Number(moved.feeMinor), vatMinor: Number(moved.vatMinor), vatBasisPoints: moved.vatBasisPoints };
    await appendEvent(tx, { ...place, type: event, data: { ...common, ...charged } });
  } else if (event === 'redemption.reversed.v1') {
    await appendEvent(tx, { ...place, type: event, data: { ...common, reason: move.reason ?? '' } });
  } else if (event === 'redemption.fulfilled.v1' || event === 'redemption.released.v1' || event === 'redemption.expired.v1') {
    await appendEvent(tx, { ...place, type: event, data: common });
  }
}

async function moveUnit(tx: Tx, { offers }: RedemptionPorts, offerId: OfferId, unit: (typeof ARROWS)[Arrow]['unit']): Promise<void> {
  if (unit === 'held-to-redeemed') await offers.redeemHeldUnit(tx, offerId);
  if (unit === 'return-held') await offers.returnUnit(tx, offerId, 'held');
  if (unit === 'return-redeemed') await offers.returnUnit(tx, offerId, 'redeemed');
}
