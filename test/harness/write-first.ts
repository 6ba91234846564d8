// Makes the database write claims before the lock whatever their number and however few units are left: so the order that a flash sale
// has meets the small offers of tests, where everything that can come between does.
import type pg from 'pg';
import { changeFunctions, type FunctionChange } from '../proof/break-database.ts';

export const ALWAYS_WRITE_FIRST: readonly FunctionChange[] = [
  { name: 'chung.may_write_first', from: 'v_least CONSTANT integer := 50', to: 'v_least CONSTANT integer := 1' },
  { name: 'chung.may_write_first', from: 'v_batches CONSTANT integer := 16', to: 'v_batches CONSTANT integer := 0' },
];

const AS_SERVED: readonly FunctionChange[] = ALWAYS_WRITE_FIRST.map(({ name, from, to }) => ({ name, from: to, to: String(from) }));

/** Plans and bodies of running sessions follow by themselves. */
export const alwaysWriteFirst = (owner: pg.Client): Promise<void> => changeFunctions(owner, ALWAYS_WRITE_FIRST);

export const writeAsServed = (owner: pg.Client): Promise<void> => changeFunctions(owner, AS_SERVED);
