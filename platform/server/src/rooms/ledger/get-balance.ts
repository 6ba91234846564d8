import type { getBalance, PartnerId, ReplyOf } from '@chung/contracts';
import { databaseNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db.ts';
import { toWire } from '../../kernel/money.ts';
import { sumsOfOwner } from './store.ts';

/** What a partner owes and is owed, folded from its postings; there is no second counter. */
export async function readBalance(db: Db, partnerId: PartnerId): Promise<ReplyOf<typeof getBalance>> {
  const sums = await sumsOfOwner(db, partnerId);
  const net = (account: number) => sums.filter((sum) => sum.account === account).reduce((total, sum) => total + sum.debit - sum.credit, 0n);
  return {
    currency: 'VND',
    receivableMinor: toWire(net(1200)),
    payablePendingMinor: toWire(-net(2100)),
    payableAvailableMinor: toWire(-net(2110)),
    accounts: sums.map(({ account, debit, credit }) => ({
      account: String(account),
      debitMinor: toWire(debit),
      creditMinor: toWire(credit),
      balanceMinor: toWire(debit - credit),
    })),
    asOf: (await databaseNow(db)).toISOString(),
  };
}
