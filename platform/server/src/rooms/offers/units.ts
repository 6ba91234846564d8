import type { OfferId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { heldToRedeemed, setBudget, setStock, subtractUnit, takeUnit as takeUnitRow, type UnitHolder } from './unit-store.ts';

export type { UnitHolder } from './unit-store.ts';

/** Takes one unit. The guard is in the write: call it last before the commit, zero rows raise and roll everything back. */
export async function takeUnit(tx: Tx, offerId: OfferId, as: UnitHolder): Promise<void> {
  if (!(await takeUnitRow(tx, offerId, as))) throw new DomainError('offer_sold_out');
}

/** A held unit becomes a redeemed one. No such unit is a bug of the caller: the redemption's own guard must have come first. */
export async function redeemHeldUnit(tx: Tx, offerId: OfferId): Promise<void> {
  if (!(await heldToRedeemed(tx, offerId))) throw new Error(`offer ${offerId} has no held unit to redeem`);
}

/** Gives a unit back, so that a sold-out offer opens again. */
export async function returnUnit(tx: Tx, offerId: OfferId, from: UnitHolder): Promise<void> {
  if (!(await subtractUnit(tx, offerId, from))) throw new Error(`offer ${offerId} has no ${from} unit to return`);
}

/** Raises or lowers the stock; never below what is held or redeemed, also while claims run. */
export async function changeStock(tx: Tx, offerId: OfferId, stock: number): Promise<void> {
  if (!(await setStock(tx, offerId, stock))) throw new DomainError('stock_below_redeemed');
}

/** Sets the offer's budget; never below what its live redemptions cost. */
export async function changeBudget(tx: Tx, offerId: OfferId, budgetMinor: number | null): Promise<void> {
  if (!(await setBudget(tx, offerId, budgetMinor))) throw new DomainError('budget_below_spent');
}
