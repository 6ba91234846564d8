// A server that is broken on purpose: its statements are changed or cut off on their way to the database.
import type { Db, Tx } from '../../platform/server/src/kernel/db.ts';

type Query = Tx['query'];

/** The database behind another `query`, inside and outside transactions. */
function through(db: Db, wrap: (query: Query) => Query): Db {
  return { ...db, query: wrap(db.query), tx: (work) => db.tx((tx) => work({ query: wrap(tx.query) })) };
}

/** Replaces parts of statements; `applied` tells which were met, because a mutant that changes nothing proves nothing. */
export function rewriting(db: Db, changes: readonly (readonly [from: string | RegExp, to: string])[]): { db: Db; applied: Set<unknown> } {
  const applied = new Set<unknown>();
  const rewritten = (text: string) =>
    changes.reduce((sql, change) => {
      const next = sql.replace(...change);
      if (next !== sql) applied.add(change);
      return next;
    }, text);
  return { db: through(db, (query) => (text, values) => query(rewritten(text), values)), applied };
}

/** Lets so many statements through and fails the next, as a lost connection would. */
export function failingAfter(db: Db, statements: number): Db {
  let left = statements;
  return through(db, (query) => async (text, values) => {
    if (left === 0) throw new Error('the connection was lost');
    left -= 1;
    return query(text, values);
  });
}
