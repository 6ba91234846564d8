import type { Db } from './db.ts';

/** The database's clock decides: servers may drift, and tests move this one. */
export async function databaseNow(db: Db): Promise<Date> {
  const [row] = await db.query<{ now: Date }>('SELECT now() AS now');
  if (!row) throw new Error('SELECT now() answered no row');
  return row.now;
}
