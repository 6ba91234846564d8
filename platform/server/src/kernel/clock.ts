import type { Tx } from './db.ts';

/** The database's clock decides: servers may drift, and tests move this one. */
export async function databaseNow(on: Tx): Promise<Date> {
  const [row] = await on.query<{ now: Date }>('SELECT now() AS now');
  if (!row) throw new Error('SELECT now() answered no row');
  return row.now;
}
