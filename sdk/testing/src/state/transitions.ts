import { RedemptionId, type RedemptionState } from '@chung/contracts';
import { type FakeMember, refOf } from '../fixtures.ts';
import { chargesOf, partOf } from './ledger.ts';
import { promote } from './queue.ts';
import type { FakeOffer, FakeRedemption } from './records.ts';
import type { Store } from './state.ts';

const MINUTE_MS = 60_000;

/** Takes a unit, with its code and event; a unit that was promised to this member is the one they take. */
export function claimUnit(store: Store, member: FakeMember, offer: FakeOffer): FakeRedemption {
  const now = store.now();
  const { terms, termsVersion } = offer;
  const { fulfilment } = terms;
  const redemption: FakeRedemption = {
    id: RedemptionId.parse(store.newId()),
    member,
    offer,
    terms,
    termsVersion,
    code: terms.codes === 'pool' ? offer.pool.take() : null,
    charges: chargesOf(terms, now),
    claimedAt: now.toISOString(),
    expiresAt: fulfilment.mode === 'partner_confirmed' ? new Date(now.getTime() + fulfilment.holdMinutes * MINUTE_MS) : null,
    state: 'RESERVED',
    updatedAt: now.toISOString(),
    reversedBasisPoints: 0,
  };
  const promise = store.entriesOf(offer).find((entry) => entry.member.id === member.id && entry.state === 'PROMISED');
  if (promise) Object.assign(promise, { state: 'TAKEN', promisedUntil: null });
  store.redemptions.set(redemption.id, redemption);
  moveRedemption(store, redemption, { to: fulfilment.mode === 'instant' ? 'REDEEMED' : 'RESERVED' });
  return redemption;
}

interface Move {
  readonly to: RedemptionState;
  readonly reversal?: { readonly reason: string; readonly partBasisPoints?: number } | undefined;
}

/** Moves a redemption on: its money, its event, and its unit, which goes to the next in line when it comes back. */
export function moveRedemption(store: Store, redemption: FakeRedemption, { to, reversal }: Move): void {
  const before = redemption.reversedBasisPoints;
  const after = before + (reversal?.partBasisPoints ?? 0);
  Object.assign(redemption, { state: to, updatedAt: store.now().toISOString(), reversedBasisPoints: after });
  if (to === 'REDEEMED') store.ledger.redeemed(redemption);
  if (to === 'PARTLY_REVERSED') store.ledger.reversed(redemption, { before, after });
  if (to === 'REVERSED') store.ledger.reversed(redemption, { before, after: 10_000 });
  tell(store, redemption, { before, reversal });
  if (to === 'RELEASED' || to === 'EXPIRED' || to === 'REVERSED') promote(store, redemption.offer);
}

function tell(store: Store, redemption: FakeRedemption, { before, reversal }: Pick<Move, 'reversal'> & { readonly before: number }): void {
  const { id, member, offer, state, expiresAt, charges, reversedBasisPoints } = redemption;
  const common = { redemptionId: id, offerId: offer.id, memberRef: refOf(member, offer.partner.id), state };
  const partnerId = offer.partner.id;
  const reason = reversal?.reason ?? '';
  switch (state) {
    case 'RESERVED':
      store.emit('redemption.reserved.v1', { ...common, expiresAt: expiresAt?.toISOString() ?? '' }, partnerId);
      break;
    case 'REDEEMED':
      store.emit('redemption.redeemed.v1', { ...common, ...charges }, partnerId);
      break;
    case 'FULFILLED':
      store.emit('redemption.fulfilled.v1', common, partnerId);
      break;
    case 'RELEASED':
      store.emit('redemption.released.v1', common, partnerId);
      break;
    case 'EXPIRED':
      store.emit('redemption.expired.v1', common, partnerId);
      break;
    case 'REVERSED':
      store.emit('redemption.reversed.v1', { ...common, reason }, partnerId);
      break;
    case 'PARTLY_REVERSED': {
      const back = (amountMinor: number) => partOf(amountMinor, reversedBasisPoints) - partOf(amountMinor, before);
      const part = { reason, partBasisPoints: reversedBasisPoints - before, reversedBasisPoints };
      const money = { feeMinor: back(charges.feeMinor), vatMinor: back(charges.vatMinor) };
      store.emit('redemption.partly_reversed.v1', { ...common, ...part, ...money }, partnerId);
      break;
    }
  }
}
