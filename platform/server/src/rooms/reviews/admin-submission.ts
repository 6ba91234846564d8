import type { AccountId, AdminSubmission } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { type Offers, partnerOfferOf } from '../offers/index.ts';
import type { Partners } from '../partners/index.ts';
import type { SubmissionRecord } from './store.ts';
import { submissionOf } from './submit-offer.ts';

interface Sources {
  readonly partners: Partners;
  readonly offers: Offers;
  readonly accountName?: (on: Tx, accountId: AccountId) => Promise<string | null>;
}

/** What a reviewer sees: the submission with its partner and the offer at the submitted version; a few round trips for a page. */
export async function adminSubmissionsOf(on: Tx, sources: Sources, records: readonly SubmissionRecord[]): Promise<AdminSubmission[]> {
  if (records.length === 0) return [];
  // One after the other: `on` may be a transaction, which is one connection and answers one statement at a time.
  const partners = await sources.partners.findMany([...new Set(records.map((record) => record.partnerId))], on);
  const offers = await sources.offers.atVersions(records, on);
  const names = await namesOf(on, sources, records);
  return records.map((record) => {
    const partner = partners.get(record.partnerId);
    const offer = offers.find(({ id, termsVersion }) => id === record.offerId && termsVersion === record.termsVersion);
    if (!partner || !offer) throw new Error(`submission ${record.id} refers to a partner or offer that is missing`);
    return {
      ...submissionOf(record),
      partner,
      offer: partnerOfferOf(offer),
      waitingSeconds: record.waitingSeconds,
      decision: record.decided && {
        decision: record.state === 'approved' ? ('approve' as const) : ('refuse' as const),
        reasons: record.decided.reasons,
        decidedAt: record.decided.at.toISOString(),
        decidedBy: names.get(record.decided.by) ?? record.decided.by,
      },
    };
  });
}

async function namesOf(
  on: Tx,
  { accountName }: Sources,
  records: readonly SubmissionRecord[],
): Promise<ReadonlyMap<AccountId, string | null>> {
  const names = new Map<AccountId, string | null>();
  for (const { decided } of records)
    if (decided && !names.has(decided.by)) names.set(decided.by, (await accountName?.(on, decided.by)) ?? null);
  return names;
}
