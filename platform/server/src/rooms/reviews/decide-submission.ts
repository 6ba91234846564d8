import type { AccountId, BodyOf, decideSubmission as operation, SubmissionId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { appendEvent } from '../../kernel/outbox.ts';
import type { OfferDecision, Offers } from '../offers/index.ts';
import { isReviewRule, REVIEW_RULES } from './review-rules.ts';
import { type CitedReasons, closeSubmission, findSubmission, type SubmissionRecord } from './store.ts';

type Decision = BodyOf<typeof operation>;

/** Decides once: the guarded update comes first, so that of two reviewers at the same time the second one is told. */
export async function decideSubmission(
  tx: Tx,
  offers: Offers,
  input: { submissionId: SubmissionId; decision: Decision; accountId: AccountId },
): Promise<SubmissionRecord> {
  const { submissionId, decision, accountId } = input;
  const cited = decision.decision === 'refuse' ? decision.reasons : [];
  const reasons = withTexts(cited);
  const state = decision.decision === 'approve' ? 'approved' : 'refused';
  const closed = await closeSubmission(tx, submissionId, { state, by: accountId, reasons: cited });
  const submission = await findSubmission(tx, submissionId);
  if (!submission) throw new DomainError('not_found');
  if (!closed || !submission.decided) throw new DomainError('wrong_state', { detail: DECIDED_BEFORE });

  const { offerId, partnerId, termsVersion } = submission;
  await offers.applyDecision(tx, {
    offerId,
    termsVersion,
    decision: { decision: state, reasons, decidedAt: submission.decided.at.toISOString() },
  });
  const about = { shardId: partnerId, partnerId };
  if (state === 'approved') await appendEvent(tx, { ...about, type: 'offer.published.v1', data: { offerId, submissionId } });
  else
    await appendEvent(tx, {
      ...about,
      type: 'offer.refused.v1',
      data: { offerId, submissionId, rules: cited.map((reason) => reason.rule) },
    });
  return submission;
}

const DECIDED_BEFORE = { vi: 'Hồ sơ này đã có quyết định.', en: 'This submission was decided before.' };

/** The rule's words for the partner, with the reviewer's note; a number that is not in the library is refused by its place. */
function withTexts(cited: CitedReasons): OfferDecision['reasons'] {
  return cited.map(({ rule, note }, index) => {
    if (!isReviewRule(rule))
      throw new DomainError('validation_failed', { fields: [{ path: `reasons.${index}.rule`, code: 'unknown_rule', message: rule }] });
    const { vi, en } = REVIEW_RULES[rule];
    // A note is written in one language, the reviewer's; both readers need it.
    return { rule, text: note === '' ? { vi, en } : { vi: `${vi} ${note}`, en: `${en} ${note}` } };
  });
}
