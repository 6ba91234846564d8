import type { OfferId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';

/** Sets the stock; false when more is held, redeemed and promised. New units go to the members in line before anybody else sees them. */
export async function setStock(tx: Tx, offerId: OfferId, stock: number): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE chung.offer_stock SET stock = $2 WHERE offer_id = $1 AND held + redeemed + promised <= $2 RETURNING offer_id',
    [offerId, stock],
  );
  if (rows.length === 1) await tx.query('SELECT chung.promote_entries($1, now())', [offerId]);
  return rows.length === 1;
}

/** Sets or takes away the budget; false when more is spent. */
export async function setBudget(tx: Tx, offerId: OfferId, budgetMinor: number | null): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE chung.offer_stock SET budget_minor = $2 WHERE offer_id = $1 AND ($2::bigint IS NULL OR spent_minor <= $2) RETURNING offer_id',
    [offerId, budgetMinor],
  );
  return rows.length === 1;
}
