import type { EventType, OfferId, RedemptionId } from '@chung/contracts';
import { runLast, type Tx } from '../../kernel/db.ts';
import { partOf } from '../../kernel/money.ts';
import { appendEvents, type NewEvent } from '../../kernel/outbox.ts';
import type { Journal, Ledger } from '../ledger/index.ts';
import type { RedemptionPorts } from './ports.ts';
import { partlyReversedJournal, redeemedJournal, reversedJournal, unheldJournal } from './postings.ts';
import { ARROWS, type Arrow, type RedemptionRow } from './redemption.ts';
import { moveStates } from './store.ts';

export interface Transition {
  readonly offerId: OfferId;
  readonly id: RedemptionId;
  readonly arrow: Arrow;
  readonly reason?: string;
  /** Of a partial reversal; 1 to 9,999. */
  readonly partBasisPoints?: number;
}

/** One redemption by the one mechanism; null when the guard refused: the caller reads the row and answers its recorded outcome. */
export async function transition(tx: Tx, ports: Pick<RedemptionPorts, 'ledger'>, move: Transition): Promise<RedemptionRow | null> {
  const [moved] = await transitionAll(tx, ports, { arrow: move.arrow, moves: [move] });
  return moved ?? null;
}

/**
 * The one way redemptions change state after their claim: guarded update, journals and events, and right before the commit stock,
 * limits and the queue. Those rows are shared with all claims of the offers, so nothing is waited for while they are locked.
 */
export async function transitionAll(
  tx: Tx,
  ports: Pick<RedemptionPorts, 'ledger'>,
  { arrow, moves }: { arrow: Arrow; moves: readonly Omit<Transition, 'arrow'>[] },
): Promise<readonly RedemptionRow[]> {
  if (moves.length === 0) return [];
  const rule = ARROWS[arrow];
  const asked = new Map(moves.map((move) => [move.id, { reason: move.reason ?? '', partBasisPoints: move.partBasisPoints ?? 0 }]));
  const moved = await moveStates(
    tx,
    rule,
    moves.map(({ offerId, id, reason = null, partBasisPoints = 0 }) => ({ offerId, id, reason, partBasisPoints })),
  );
  const journals: Journal[] = [];
  for (const row of moved) {
    const part = asked.get(row.id)?.partBasisPoints ?? 0;
    const journal = await journalOf(tx, ports.ledger, { moved: row, arrow, part });
    if (journal) journals.push(journal);
  }
  if (journals.length > 0) await ports.ledger.post(tx, journals);
  await appendEvents(
    tx,
    moved.map((row) => eventOf(row, rule.event, asked.get(row.id) ?? { reason: '', partBasisPoints: 0 })),
  );
  for (const row of moved) if (rule.unit !== 'none') await settle(tx, row, rule.unit);
  return moved;
}

async function journalOf(
  tx: Tx,
  ledger: Ledger,
  { moved, arrow, part }: { moved: RedemptionRow; arrow: Arrow; part: number },
): Promise<Journal | null> {
  const redeemed = () => ledger.postingsOf(tx, { shardId: moved.offerId, causeId: moved.id, kind: 'redeemed' });
  const soFar = moved.reversedBasisPoints;
  switch (arrow) {
    case 'confirm':
      return redeemedJournal(moved, 'hold');
    case 'cancel':
      return unheldJournal(moved, 'released');
    case 'expire':
      return unheldJournal(moved, 'expired');
    case 'reverse':
      return reversedJournal(moved, await redeemed(), soFar);
    case 'reversePart':
      return partlyReversedJournal(moved, await redeemed(), { before: soFar - part, after: soFar });
    case 'fulfil':
      return null;
  }
}

function eventOf(
  moved: RedemptionRow,
  type: EventType,
  { reason, partBasisPoints }: { reason: string; partBasisPoints: number },
): NewEvent {
  const common = { redemptionId: moved.id, offerId: moved.offerId, memberRef: moved.memberRef, state: moved.state };
  const place = { shardId: moved.offerId, partnerId: moved.partnerId };
  switch (type) {
    case 'redemption.redeemed.v1': {
      const charged = { feeMinor: Number(moved.feeMinor), vatMinor: Number(moved.vatMinor), vatBasisPoints: moved.vatBasisPoints };
      return { ...place, type, data: { ...common, ...charged } };
    }
    case 'redemption.reversed.v1':
      return { ...place, type, data: { ...common, reason } };
    case 'redemption.partly_reversed.v1': {
      const { reversedBasisPoints } = moved;
      const back = (amountMinor: bigint) =>
        Number(partOf(amountMinor, reversedBasisPoints) - partOf(amountMinor, reversedBasisPoints - partBasisPoints));
      const money = { feeMinor: back(moved.feeMinor), vatMinor: back(moved.vatMinor) };
      return { ...place, type, data: { ...common, reason, partBasisPoints, reversedBasisPoints, ...money } };
    }
    case 'redemption.fulfilled.v1':
    case 'redemption.released.v1':
    case 'redemption.expired.v1':
      return { ...place, type, data: common };
    default:
      throw new Error(`no arrow tells ${type}`);
  }
}

/** What settle_units does for this redemption; a unit that goes back takes the member's use and the cost with it. */
function settle(tx: Tx, row: RedemptionRow, unit: Exclude<(typeof ARROWS)[Arrow]['unit'], 'none'>): Promise<void> {
  return runLast(tx, 'chung.settle_units', {
    offerId: row.offerId,
    memberId: row.memberId,
    day: row.claimedDay,
    from: unit === 'return-redeemed' ? 'redeemed' : 'held',
    to: unit === 'held-to-redeemed' ? 'redeemed' : null,
    costMinor: String(row.costMinor),
  });
}
