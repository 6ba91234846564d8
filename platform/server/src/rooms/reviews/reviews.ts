import type {
  AccountId,
  AdminSubmission,
  BodyOf,
  decideSubmission as decideOperation,
  Language,
  OfferId,
  PartnerId,
  Submission,
  SubmissionId,
} from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db, Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import type { Offers } from '../offers/index.ts';
import type { Partners } from '../partners/index.ts';
import { adminSubmissionsOf } from './admin-submission.ts';
import { decideSubmission } from './decide-submission.ts';
import { findSubmission, listSubmissions, type SubmissionState } from './store.ts';
import { submitOffer } from './submit-offer.ts';

export interface Reviews {
  /** Runs the checks and queues the offer; throws `checks_failed` with every finding. */
  submit(tx: Tx, input: { partnerId: PartnerId; offerId: OfferId; language: Language }): Promise<Submission>;
  /** Once: the second decision of a submission is `wrong_state`. */
  decide(
    tx: Tx,
    input: { submissionId: SubmissionId; decision: BodyOf<typeof decideOperation>; accountId: AccountId },
  ): Promise<AdminSubmission>;
  find(submissionId: SubmissionId): Promise<AdminSubmission>;
  /** Waiting: oldest first. Decided: newest first. */
  list(page: { state: SubmissionState; cursor?: string | undefined; limit: number }): Promise<Page<AdminSubmission>>;
}

export interface ReviewsDeps {
  readonly db: Db;
  readonly partners: Partners;
  readonly offers: Offers;
  readonly cursors: Cursors;
  /** The name a reviewer is shown by, from identity, which this room may not open; without it the account's id is shown. */
  readonly accountName?: (on: Tx, accountId: AccountId) => Promise<string | null>;
}

export function createReviews(deps: ReviewsDeps): Reviews {
  const { db, offers } = deps;
  return {
    submit: (tx, input) => submitOffer(tx, offers, input),
    decide: async (tx, input) => {
      const decided = await decideSubmission(tx, offers, input);
      const [submission] = await adminSubmissionsOf(tx, deps, [decided]);
      if (!submission) throw new Error(`submission ${input.submissionId} is missing after its decision`);
      return submission;
    },
    find: async (submissionId) => {
      const record = await findSubmission(db, submissionId);
      const [submission] = record ? await adminSubmissionsOf(db, deps, [record]) : [];
      if (!submission) throw new DomainError('not_found');
      return submission;
    },
    list: async ({ state, cursor, limit }) => {
      // The waiting are read forwards and the decided backwards: a place in one is none in the other.
      const cursors = deps.cursors.ofList(`submissions.${state}`);
      const after = cursors.decode(cursor)?.[0] ?? null;
      const records = await listSubmissions(db, { state, after, limit: limit + 1 });
      const page = pageFrom(records, { limit, cursors, position: (record) => [record.id], item: (record) => record });
      return { ...page, items: await adminSubmissionsOf(db, deps, page.items) };
    },
  };
}
