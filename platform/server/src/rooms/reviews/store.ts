import type { AccountId, AdminSubmission, Finding, OfferId, PartnerId, Submission, SubmissionId } from '@chung/contracts';
import { constraintOf, type Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';

export type SubmissionState = Submission['state'];
export type CitedReasons = NonNullable<AdminSubmission['decision']>['reasons'];

/** A submission as it is kept; offer and partner are other rooms'. */
export interface SubmissionRecord {
  readonly id: SubmissionId;
  readonly offerId: OfferId;
  readonly partnerId: PartnerId;
  readonly termsVersion: number;
  readonly state: SubmissionState;
  readonly findings: Finding[];
  readonly submittedAt: Date;
  /** While waiting: its place in the queue, 1 for the next one. */
  readonly queuePosition: number | null;
  readonly waitingSeconds: number;
  readonly decided: { readonly at: Date; readonly by: AccountId; readonly reasons: CitedReasons } | null;
}

interface SubmissionRow {
  id: SubmissionId;
  offer_id: OfferId;
  partner_id: PartnerId;
  terms_version: number;
  state: SubmissionState;
  findings: Finding[];
  submitted_at: Date;
  queue_position: bigint | null;
  waiting_seconds: number;
  reasons: CitedReasons | null;
  decided_at: Date | null;
  decided_by: AccountId | null;
}

// The queue's clock stops at the decision. Places are counted, not stored: every decision would move all that wait behind it.
const SELECT = `
  SELECT s.id, s.offer_id, s.partner_id, s.terms_version, s.state, s.findings, s.submitted_at, s.reasons, s.decided_at, s.decided_by,
         floor(extract(epoch FROM COALESCE(s.decided_at, now()) - s.submitted_at))::integer AS waiting_seconds,
         CASE WHEN s.state = 'waiting'
              THEN (SELECT count(*) FROM chung.submissions q WHERE q.state = 'waiting' AND q.id <= s.id) END AS queue_position
    FROM chung.submissions s`;

/** `findings` and `reasons` were parsed before they were written, and only this file writes them. */
const recordOf = (row: SubmissionRow): SubmissionRecord => ({
  id: row.id,
  offerId: row.offer_id,
  partnerId: row.partner_id,
  termsVersion: row.terms_version,
  state: row.state,
  findings: row.findings,
  submittedAt: row.submitted_at,
  queuePosition: row.queue_position === null ? null : Number(row.queue_position),
  waitingSeconds: row.waiting_seconds,
  decided: row.decided_at && row.decided_by && { at: row.decided_at, by: row.decided_by, reasons: row.reasons ?? [] },
});

/** Throws `wrong_state` if the offer waits already; the index decides, also between two requests at once. */
export async function insertSubmission(
  tx: Tx,
  submission: Pick<SubmissionRecord, 'id' | 'offerId' | 'partnerId' | 'termsVersion' | 'findings'>,
): Promise<void> {
  try {
    await tx.query('INSERT INTO chung.submissions (id, offer_id, partner_id, terms_version, findings) VALUES ($1, $2, $3, $4, $5)', [
      submission.id,
      submission.offerId,
      submission.partnerId,
      submission.termsVersion,
      JSON.stringify(submission.findings),
    ]);
  } catch (error) {
    if (constraintOf(error) === 'submissions_waiting_once') throw new DomainError('wrong_state', { cause: error });
    throw error;
  }
}

export async function findSubmission(on: Tx, id: SubmissionId): Promise<SubmissionRecord | null> {
  const [row] = await on.query<SubmissionRow>(`${SELECT} WHERE s.id = $1`, [id]);
  return row ? recordOf(row) : null;
}

/** The queue is served oldest first; what is decided is read newest first. */
export async function listSubmissions(
  on: Tx,
  page: { state: SubmissionState; after: string | null; limit: number },
): Promise<readonly SubmissionRecord[]> {
  const [beyond, order] = page.state === 'waiting' ? ['>', 'ASC'] : ['<', 'DESC'];
  const rows = await on.query<SubmissionRow>(
    `${SELECT} WHERE s.state = $1 AND ($2::uuid IS NULL OR s.id ${beyond} $2) ORDER BY s.id ${order} LIMIT $3`,
    [page.state, page.after, page.limit],
  );
  return rows.map(recordOf);
}

/** The guarded decision; false when it was decided before or is not there. */
export async function closeSubmission(
  tx: Tx,
  id: SubmissionId,
  decision: { state: Exclude<SubmissionState, 'waiting'>; by: AccountId; reasons: CitedReasons },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE chung.submissions SET state = $2, decided_at = now(), decided_by = $3, reasons = $4
      WHERE id = $1 AND state = 'waiting' RETURNING id`,
    [id, decision.state, decision.by, JSON.stringify(decision.reasons)],
  );
  return rows.length === 1;
}
