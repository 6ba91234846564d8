import type { Finding, Language, OfferId, PartnerId, Submission, SubmissionId } from '@chung/contracts';
import { databaseNow } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { appendEvent } from '../../kernel/outbox.ts';
import type { Offers } from '../offers/index.ts';
import { checkOffer } from './offer-checks.ts';
import { findSubmission, insertSubmission, type SubmissionRecord } from './store.ts';

/** Puts an offer into the queue. What fails a check is answered with every finding, and nothing has happened. */
export async function submitOffer(
  tx: Tx,
  offers: Offers,
  input: { partnerId: PartnerId; offerId: OfferId; language: Language },
): Promise<Submission> {
  const { partnerId, offerId, language } = input;
  const offer = await offers.submit(tx, { partnerId, offerId });
  const now = await databaseNow(tx);
  const findings = checkOffer({
    terms: offer.terms,
    units: offer.units,
    codes: offer.codes,
    now,
    knowsProvince: offers.knowsProvince,
  });
  // Thrown inside the transaction, so the move to `submitted` is taken back with it.
  const errors = findings.filter((finding) => finding.severity === 'error');
  if (errors.length > 0) throw checksFailed(errors, language);

  const id = newId<SubmissionId>();
  await insertSubmission(tx, { id, offerId, partnerId, termsVersion: offer.termsVersion, findings });
  await appendEvent(tx, { type: 'offer.submitted.v1', shardId: partnerId, partnerId, data: { offerId, submissionId: id } });
  const submission = await findSubmission(tx, id);
  if (!submission) throw new Error(`submission ${id} is missing after its insert`);
  return submissionOf(submission);
}

/** The submission as its partner sees it. */
export function submissionOf(record: SubmissionRecord): Submission {
  const { id, offerId, state, termsVersion, findings, queuePosition, submittedAt } = record;
  return { id, offerId, state, termsVersion, findings, queuePosition, submittedAt: submittedAt.toISOString() };
}

/** Twice in one problem: `fields` for the form that marks the place, `reasons` for whoever reads the sentences. */
function checksFailed(errors: readonly Finding[], language: Language): DomainError {
  return new DomainError('checks_failed', {
    fields: errors.map((error) => ({ path: error.path, code: error.rule, message: error.text[language] })),
    reasons: errors.map((error) => ({ fact: error.rule, text: error.text })),
  });
}
