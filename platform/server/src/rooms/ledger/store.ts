import type { Db, Tx } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import type { AccountCode } from './chart.ts';
import type { Journal, LedgerCurrency, Posting } from './journal.ts';

export interface AccountSum {
  readonly account: number;
  readonly currency: LedgerCurrency;
  readonly debit: bigint;
  readonly credit: bigint;
}

export async function insertJournals(tx: Tx, journals: readonly Journal[]): Promise<void> {
  const batch = journals.map((journal) => ({
    ...journal,
    id: newId(),
    postings: journal.postings.map(({ account, ownerId, currency, amountMinor }) => ({
      account,
      ownerId,
      currency,
      amount: String(amountMinor),
    })),
  }));
  await tx.query('SELECT chung.post_journals($1::jsonb)', [JSON.stringify(batch)]);
}

export async function selectPostings(tx: Tx, key: { shardId: string; causeId: string; kind: string }): Promise<readonly Posting[]> {
  const rows = await tx.query<{ account: AccountCode; owner_id: string; currency: LedgerCurrency; amount_minor: bigint }>(
    `SELECT p.account, p.owner_id, p.currency, p.amount_minor
       FROM chung.journals j JOIN chung.postings p ON p.shard_id = j.shard_id AND p.journal_id = j.id
      WHERE j.shard_id = $1 AND j.cause_id = $2 AND j.kind = $3
      ORDER BY p.line`,
    [key.shardId, key.causeId, key.kind],
  );
  return rows.map((row) => ({ account: row.account, ownerId: row.owner_id, currency: row.currency, amountMinor: row.amount_minor }));
}

const SUMS = `
  SELECT account, currency,
         coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0)::bigint AS debit,
         coalesce(-sum(amount_minor) FILTER (WHERE amount_minor < 0), 0)::bigint AS credit
    FROM chung.postings`;

export function sumsOfOwner(db: Db, ownerId: string): Promise<readonly AccountSum[]> {
  return db.query<AccountSum>(`${SUMS} WHERE owner_id = $1 AND currency <> 'UNIT' GROUP BY account, currency ORDER BY account`, [ownerId]);
}

/** All accounts in one snapshot: a total over several statements could show money that does not exist. */
export async function sumsOfAll(db: Db): Promise<{ sums: readonly AccountSum[]; journals: bigint; now: Date }> {
  const [row] = await db.query<{
    sums: { account: number; currency: LedgerCurrency; debit: string; credit: string }[] | null;
    journals: bigint;
    now: Date;
  }>(
    `SELECT (SELECT json_agg(json_build_object('account', account, 'currency', currency, 'debit', debit::text, 'credit', credit::text) ORDER BY account, currency)
               FROM (${SUMS} GROUP BY account, currency) s) AS sums,
            (SELECT count(*) FROM chung.journals) AS journals, now() AS now`,
  );
  if (!row) throw new Error('the trial balance answered no row');
  const sums = (row.sums ?? []).map((sum) => ({ ...sum, debit: BigInt(sum.debit), credit: BigInt(sum.credit) }));
  return { sums, journals: row.journals, now: row.now };
}
