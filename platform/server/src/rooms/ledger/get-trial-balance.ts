import type { getTrialBalance, ReplyOf } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import { toWire } from '../../kernel/money.ts';
import { accountName } from './chart.ts';
import { sumsOfAll } from './store.ts';

type TrialBalance = ReplyOf<typeof getTrialBalance>;

/** Every account with its sides, and a total a currency whose difference is zero unless the books are wrong. */
export async function readTrialBalance(db: Db): Promise<TrialBalance> {
  const { sums, journals, now } = await sumsOfAll(db);
  const totals = new Map<string, { debit: bigint; credit: bigint }>();
  for (const { currency, debit, credit } of sums) {
    const total = totals.get(currency) ?? { debit: 0n, credit: 0n };
    totals.set(currency, { debit: total.debit + debit, credit: total.credit + credit });
  }
  return {
    asOf: now.toISOString(),
    accounts: sums.map(({ account, currency, debit, credit }) => ({
      account: String(account),
      name: accountName(account),
      currency,
      debitMinor: toWire(debit),
      creditMinor: toWire(credit),
      balanceMinor: toWire(debit - credit),
    })),
    totals: [...totals].map(([currency, { debit, credit }]) => ({
      currency,
      debitMinor: toWire(debit),
      creditMinor: toWire(credit),
      differenceMinor: toWire(debit - credit),
    })),
    journals: toWire(journals),
  };
}
