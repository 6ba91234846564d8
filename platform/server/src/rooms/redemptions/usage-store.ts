import type { MemberId, OfferId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';

/** Only pairs that were used; `no` says whose question a row answers. */
export async function findUsage(
  on: Tx,
  pairs: readonly { readonly no: number; readonly memberId: MemberId; readonly offerId: OfferId }[],
): Promise<readonly { readonly no: number; readonly offerId: OfferId; readonly used: number }[]> {
  const rows = await on.query<{ no: number; offer_id: OfferId; used: number }>('SELECT * FROM chung.usage_of($1, $2, $3)', [
    pairs.map(({ no }) => no),
    // Ids need no quoting, and a page brings twenty.
    `{${pairs.map(({ offerId }) => offerId).join(',')}}`,
    `{${pairs.map(({ memberId }) => memberId).join(',')}}`,
  ]);
  return rows.map((row) => ({ no: row.no, offerId: row.offer_id, used: row.used }));
}
