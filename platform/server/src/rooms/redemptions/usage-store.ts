import type { MemberId, OfferId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';

/** Only pairs that were used; `no` says whose question a row answers. */
export async function findUsage(
  on: Tx,
  pairs: readonly { readonly no: number; readonly memberId: MemberId; readonly offerId: OfferId }[],
): Promise<readonly { readonly no: number; readonly offerId: OfferId; readonly used: number }[]> {
  const rows = await on.query<{ no: number; offer_id: OfferId; used: number }>(
    // OFFSET 0: a look-up by key for each pair, whatever the planner believes of the sizes.
    `SELECT pair.no, pair.offer_id, usage.used
       FROM unnest($1::integer[], $2::uuid[], $3::uuid[]) AS pair (no, offer_id, member_id)
       JOIN LATERAL (SELECT u.used FROM chung.redemption_usage u
                      WHERE u.offer_id = pair.offer_id AND u.member_id = pair.member_id OFFSET 0) AS usage ON true
      WHERE usage.used > 0`,
    [pairs.map(({ no }) => no), pairs.map(({ offerId }) => offerId), pairs.map(({ memberId }) => memberId)],
  );
  return rows.map((row) => ({ no: row.no, offerId: row.offer_id, used: row.used }));
}
