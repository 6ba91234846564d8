import type { OfferId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { setBudget, setStock } from './unit-store.ts';

/** Raises or lowers the stock; never below what is held, redeemed or promised, also while claims run. */
export async function changeStock(tx: Tx, offerId: OfferId, stock: number): Promise<void> {
  if (!(await setStock(tx, offerId, stock))) throw new DomainError('stock_below_redeemed');
}

/** Sets the offer's budget; never below what its live redemptions cost. */
export async function changeBudget(tx: Tx, offerId: OfferId, budgetMinor: number | null): Promise<void> {
  if (!(await setBudget(tx, offerId, budgetMinor))) throw new DomainError('budget_below_spent');
}
