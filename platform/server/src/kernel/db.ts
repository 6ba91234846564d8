import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';
import { DomainError } from './errors.ts';
import { asOutside, isRetryable } from './outside.ts';

/** One transaction. Rooms hand it on, so that a state change, its journal and its outbox row commit together or not at all. */
export interface Tx {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/**
 * The database as the server sees it: a role that owns nothing.
 * `prisma` is for ordinary reads outside a transaction; whatever must be atomic is SQL inside `tx`
 * (Prisma's interactive transactions and `updateMany` lost updates under concurrency when measured).
 */
export interface Db {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /** One statement outside a transaction. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs `work` in one transaction and retries it when the database asks for it (serialisation, deadlock). */
  tx<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const INT8 = 20;
const MAX_TRIES = 5;
/** Waiting for a connection, for each there is. Beyond, an answer at once (503) helps more than one that comes too late. */
const WAITING_PER_CONNECTION = 50;

// int8 as bigint everywhere: amounts pass 2^31, and a string would add up by concatenation.
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === INT8 ? BigInt : pg.types.getTypeParser(oid, format ?? 'text')),
};

export function createDb(serverUrl: string, options: { poolSize: number; onIdleError: (error: Error) => void }): Db {
  const pool = new pg.Pool({ connectionString: serverUrl, max: options.poolSize, types, connectionTimeoutMillis: 5_000 });
  // A connection that dies while idle (failover, restart) must not take the process with it.
  pool.on('error', options.onIdleError);
  // The pool stops listening when it hands a client over, and a promise is heard only after the whole of what has just arrived was read:
  // a server that ends the connection in the same breath as it opens it would end the process. What is lost is told by the next query.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const prisma = new PrismaClient({
    adapter: new PrismaPg({ connectionString: serverUrl, max: Math.max(2, options.poolSize >> 1) }, { schema: 'chung' }),
  });

  return {
    prisma,
    pool,
    query: async (text, values) => {
      try {
        assertRoom(pool);
        return (await pool.query(text, [...(values ?? [])])).rows;
      } catch (error) {
        // Who can run it again must see that it may; in an answer it is a 503 like the others.
        throw isRetryable(error) ? error : asOutside(error);
      }
    },
    tx: (work) => runTransaction(pool, work),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** What a transaction still has to do right before its commit: arguments by function. */
const lastCalls = new WeakMap<Tx, Map<LastCall, unknown[]>>();

/** Functions of the schema that take a JSON array and lock rows which others wait for. */
export type LastCall = 'chung.settle_units';

/**
 * Leaves `argument` for a call right before the commit, in one message with it: the rows it locks are held for no round trip of ours.
 * All arguments of a transaction go into one call.
 */
export async function runLast(tx: Tx, call: LastCall, argument: object): Promise<void> {
  const calls = lastCalls.get(tx);
  // A transaction that somebody wrapped has no end that we know of: then it is done at once.
  if (!calls) await tx.query(`SELECT ${call}($1::jsonb)`, [JSON.stringify([argument])]);
  else calls.set(call, [...(calls.get(call) ?? []), argument]);
}

async function commit(client: pg.PoolClient, tx: Tx): Promise<void> {
  const calls = [...(lastCalls.get(tx) ?? [])].map(([call, list]) => `SELECT ${call}(${pg.escapeLiteral(JSON.stringify(list))}::jsonb); `);
  const answers: pg.QueryResult | pg.QueryResult[] = await client.query(`${calls.join('')}COMMIT`);
  const last = Array.isArray(answers) ? answers.at(-1) : answers;
  // After a failed statement that somebody swallowed, PostgreSQL answers COMMIT with ROLLBACK and no error.
  if (last?.command !== 'COMMIT') throw new Error('the transaction was rolled back: a failed statement in it was swallowed');
}

/** A queue without an end takes all memory and answers nobody in time. */
function assertRoom(pool: pg.Pool): void {
  if (pool.waitingCount >= pool.options.max * WAITING_PER_CONNECTION) throw new DomainError('unavailable', { retryAfterSeconds: 2 });
}

async function runTransaction<Result>(pool: pg.Pool, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    assertRoom(pool);
    const client = await pool.connect().catch((error) => {
      throw asOutside(error);
    });
    let broken: Error | undefined;
    const lose = (error: Error) => {
      broken = error;
    };
    // The pool listens to idle connections only: one that dies between two of our queries would end the process.
    client.on('error', lose);
    try {
      await client.query('BEGIN');
      const tx: Tx = { query: async (text, values) => (await client.query(text, [...(values ?? [])])).rows };
      lastCalls.set(tx, new Map());
      const result = await work(tx);
      await commit(client, tx);
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(lose);
      if (!isRetryable(error)) throw asOutside(error);
      if (attempt >= MAX_TRIES) throw error;
    } finally {
      client.off('error', lose);
      client.release(broken);
    }
  }
}

/** Name of the constraint that refused a write; stores map it to a domain error. */
export function constraintOf(error: unknown): string {
  return error instanceof Error && 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : '';
}
