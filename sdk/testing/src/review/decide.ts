import type { OfferId, Text } from '@chung/contracts';
import { refusal } from '../refusal.ts';
import { publish } from '../state/publish.ts';
import type { FakeOffer } from '../state/records.ts';
import type { Store } from '../state/state.ts';

/** What a reviewer says of a submitted offer. */
export type ReviewDecision =
  | { readonly decision: 'approve' }
  | { readonly decision: 'refuse'; readonly reasons: readonly { readonly rule: string; readonly text: Text }[] };

/** Decides the waiting submission of an offer, as a reviewer would: published or refused, with the partner's event. */
export function review(store: Store, offerId: OfferId, decision: ReviewDecision): FakeOffer {
  const submission = store.submissions.findLast(({ offer, state }) => offer.id === offerId && state === 'waiting');
  if (!submission) throw refusal('wrong_state');
  const { offer } = submission;
  const isApproved = decision.decision === 'approve';
  const reasons = isApproved ? [] : decision.reasons.map(({ rule, text }) => ({ rule, text: { ...text } }));
  submission.state = isApproved ? 'approved' : 'refused';
  offer.lastDecision = { decision: submission.state, reasons, decidedAt: store.now().toISOString() };
  const about = { offerId, submissionId: submission.id };
  if (isApproved) {
    publish(store, offer);
    store.emit('offer.published.v1', about, offer.partner.id);
  } else {
    Object.assign(offer, { state: 'refused', updatedAt: store.now().toISOString() });
    store.emit('offer.refused.v1', { ...about, rules: reasons.map(({ rule }) => rule) }, offer.partner.id);
  }
  return offer;
}
