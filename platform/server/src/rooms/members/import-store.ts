// What an import does to the database: its lock, its record, the staging table and the set-based statements that write members.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ImportId, MemberImport } from '@chung/contracts';
import { from as copyFrom } from 'pg-copy-streams';
import type { Db } from '../../kernel/db.ts';
import { WRITES_NO_EVENTS } from '../../kernel/outbox.ts';
import { COPY_HEADER, COPY_TRAILER } from './register/copy-fields.ts';
import { isRejectionReason, type Rejection } from './register/rejection.ts';
import { STAGED_COLUMNS } from './register/staged-rows.ts';

const LOCK_NAME = 'chung.member_imports';
const DUPLICATES_AT_ONCE = 5_000;

export interface ImportCounts {
  rowsRead: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
}

export interface ImportRecord extends ImportCounts {
  readonly id: ImportId;
  readonly state: MemberImport['state'];
  readonly firstErrors: readonly Rejection[];
  readonly reportPath: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

interface ImportColumns {
  id: ImportId;
  state: MemberImport['state'];
  rows_read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
  first_errors: Rejection[];
  report_path: string | null;
  started_at: Date;
  finished_at: Date | null;
}

function importFrom(row: ImportColumns): ImportRecord {
  return {
    id: row.id,
    state: row.state,
    rowsRead: row.rows_read,
    inserted: row.inserted,
    updated: row.updated,
    unchanged: row.unchanged,
    rejected: row.rejected,
    firstErrors: row.first_errors.filter(({ reason }) => isRejectionReason(reason)),
    reportPath: row.report_path,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/**
 * Takes the place of the one import that may run; null when another has it. A transaction-level lock in a transaction that
 * stays open and idle: it works through a pooler, it ends with its process, and at READ COMMITTED it holds back no vacuum.
 */
export async function takeImportLock(db: Db): Promise<{ release(): Promise<void> } | null> {
  const client = await db.pool.connect();
  let broken: Error | undefined;
  // A session that dies must not take the process with it; the import then fails at its next statement.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  const release = async () => {
    await client.query('ROLLBACK').catch(onError);
    client.off('error', onError);
    client.release(broken);
  };
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken', [
      LOCK_NAME,
    ]);
    if (rows[0]?.taken) return { release };
    await release();
    return null;
  } catch (error) {
    await release();
    throw error;
  }
}

export async function startImport(db: Db, started: { id: ImportId; source: 'http' | 'command' }): Promise<void> {
  // Whoever holds the lock knows that no other import runs: one marked as running was killed.
  await db.query(`UPDATE chung.member_imports SET state = 'failed', finished_at = now() WHERE state = 'running'`);
  await db.query('INSERT INTO chung.member_imports (id, source) VALUES ($1, $2)', [started.id, started.source]);
  await clearStaging(db);
}

export async function finishImport(
  db: Db,
  id: ImportId,
  end: {
    state: 'done' | 'failed';
    counts: ImportCounts;
    firstErrors: readonly Rejection[];
    reportPath: string | null;
  },
): Promise<ImportRecord> {
  const { counts } = end;
  const [row] = await db.query<ImportColumns>(
    `UPDATE chung.member_imports
        SET state = $2, rows_read = $3, inserted = $4, updated = $5, unchanged = $6, rejected = $7, first_errors = $8, report_path = $9, finished_at = now()
      WHERE id = $1 RETURNING *`,
    [
      id,
      end.state,
      counts.rowsRead,
      counts.inserted,
      counts.updated,
      counts.unchanged,
      counts.rejected,
      JSON.stringify(end.firstErrors),
      end.reportPath,
    ],
  );
  if (!row) throw new Error('the record of the import is gone');
  return importFrom(row);
}

export async function listImports(db: Db, page: { before: readonly string[] | null; limit: number }): Promise<ImportRecord[]> {
  const rows = await db.query<ImportColumns>(
    `SELECT * FROM chung.member_imports WHERE $1::uuid IS NULL OR id < $1::uuid ORDER BY id DESC LIMIT $2`,
    [page.before?.[0] ?? null, page.limit],
  );
  return rows.map(importFrom);
}

export async function clearStaging(db: Db): Promise<void> {
  await db.query('TRUNCATE chung.member_import_rows');
}

const STAGING_COPY = `COPY chung.member_import_rows (${STAGED_COLUMNS.join(', ')}) FROM STDIN (FORMAT binary)`;

// No join: the table has no statistics that hold, and the planner once chose a nested loop that ran for minutes.
const DUPLICATES = `
  SELECT line, first_line
    FROM (SELECT line, min(line) OVER (PARTITION BY member_code) AS first_line FROM chung.member_import_rows) AS staged
   WHERE line > first_line
   ORDER BY line`;

/**
 * Takes repeated member codes out of the staging table, all but the first of each. The database finds them: a set of six
 * million codes in this process would take the memory that an import may have.
 */
export async function takeOutDuplicates(db: Db, report: (duplicates: readonly Rejection[]) => Promise<void>): Promise<void> {
  await db.tx(async (tx) => {
    // One sort of all codes; with the default 4 MB it would be a merge of hundreds of runs on disk.
    await tx.query(`SET LOCAL work_mem = '64MB'`);
    // Several processes sort: nothing else runs meanwhile, and what the planner takes that to cost it has no statistics to weigh.
    await tx.query('SET LOCAL parallel_setup_cost = 0');
    await tx.query('SET LOCAL parallel_tuple_cost = 0');
    const takeOut = async (rows: readonly { line: number; first_line: number }[]) => {
      if (rows.length === 0) return;
      await report(rows.map((row) => ({ row: row.line, column: 'member_code', reason: 'duplicate' as const, otherRow: row.first_line })));
      await tx.query('DELETE FROM chung.member_import_rows WHERE line = ANY($1::int[])', [rows.map(({ line }) => line)]);
    };
    let rows = await tx.query<{ line: number; first_line: number }>(`${DUPLICATES} LIMIT ${DUPLICATES_AT_ONCE}`);
    await takeOut(rows);
    if (rows.length < DUPLICATES_AT_ONCE) return;
    // Many: a cursor sorts once for all that follow, but in one process.
    await tx.query(`DECLARE duplicates NO SCROLL CURSOR FOR ${DUPLICATES}`);
    while (rows.length > 0) {
      rows = await tx.query<{ line: number; first_line: number }>(`FETCH ${DUPLICATES_AT_ONCE} FROM duplicates`);
      await takeOut(rows);
    }
  });
}

export async function lastStagedLine(db: Db): Promise<number> {
  const [row] = await db.query<{ last: number | null }>('SELECT max(line) AS last FROM chung.member_import_rows');
  return row?.last ?? 0;
}

const BATCH = 'chung.member_import_rows r WHERE r.line >= $1 AND r.line < $2';
const IS_NEW = 'NOT EXISTS (SELECT FROM chung.member_codes k WHERE k.member_code = r.member_code)';

/** What a batch is to the directory as it was; the statements below then do only what is to be done. */
const COUNT = `
  SELECT count(*)::int AS rows, count(k.row_hash)::int AS known, count(*) FILTER (WHERE k.row_hash <> r.row_hash)::int AS changed
    FROM (SELECT * FROM ${BATCH}) r LEFT JOIN chung.member_codes k ON k.member_code = r.member_code`;
/** The same where nobody is known yet: a look-up less for each row of a first register. */
const COUNT_NEW = `SELECT count(*)::int AS rows, 0 AS known, 0 AS changed FROM ${BATCH}`;

const add = (which: string) => `
  WITH new_members AS (
    INSERT INTO chung.members (id, member_code, full_name, birth_date, birth_year, gender, contact_sealed, phone_hash, unit_code, province_code, role, verified, joined_on, updated_at)
    SELECT id, member_code, full_name, birth_date, birth_year, gender, contact_sealed, phone_hash, unit_code, province_code, role, verified, joined_on, now()
      FROM ${which}
  )
  INSERT INTO chung.member_codes (member_code, member_id, row_hash) SELECT member_code, id, row_hash FROM ${which}`;
const ADD_ALL = add(BATCH);
const ADD_NEW = add(`${BATCH} AND ${IS_NEW}`);

const CHANGE = `
  WITH changed AS MATERIALIZED (
    SELECT r.*, k.member_id
      FROM (SELECT * FROM ${BATCH}) r JOIN chung.member_codes k ON k.member_code = r.member_code AND k.row_hash <> r.row_hash
  ), changed_members AS (
    UPDATE chung.members m
       SET full_name = c.full_name, birth_date = c.birth_date, birth_year = c.birth_year, gender = c.gender, contact_sealed = c.contact_sealed,
           phone_hash = c.phone_hash, unit_code = c.unit_code, province_code = c.province_code, role = c.role, verified = c.verified,
           joined_on = c.joined_on, updated_at = now()
      FROM changed c WHERE m.id = c.member_id
  )
  UPDATE chung.member_codes k SET row_hash = c.row_hash FROM changed c WHERE k.member_code = c.member_code`;

/** Whether any member is known; asked before the writing begins, and true until it does: only an import adds members. */
export async function isDirectoryEmpty(db: Db): Promise<boolean> {
  const [row] = await db.query<{ empty: boolean }>('SELECT NOT EXISTS (SELECT FROM chung.member_codes) AS empty');
  return row?.empty === true;
}

/** Writes the members of the staged lines `[from, to)` in one transaction. */
export async function applyLines(
  db: Db,
  { from, to, isFirst }: { from: number; to: number; isFirst: boolean },
): Promise<Pick<ImportCounts, 'inserted' | 'updated' | 'unchanged'>> {
  return db.tx(async (tx) => {
    // A batch is a small part of the register. Without statistics, as on a first import, the planner would read all of it each time.
    await tx.query('SET LOCAL enable_hashjoin = off');
    await tx.query('SET LOCAL enable_mergejoin = off');
    const lines = [from, to];
    const [count] = await tx.query<{ rows: number; known: number; changed: number }>(isFirst ? COUNT_NEW : COUNT, lines);
    if (!count) throw new Error('a batch answered no counts');
    const { rows, known, changed } = count;
    if (known < rows) await tx.query(known === 0 ? ADD_ALL : ADD_NEW, lines);
    if (changed > 0) await tx.query(CHANGE, lines);
    return { inserted: rows - known, updated: changed, unchanged: known - changed };
  });
}

async function* asCopy(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield COPY_HEADER;
  yield* rows;
  yield COPY_TRAILER;
}

/** Streams rows in COPY's binary form into the staging table, as fast as the database takes them. */
export async function stageRows(db: Db, rows: AsyncIterable<Buffer>): Promise<void> {
  const client = await db.pool.connect();
  let broken: Error | undefined;
  try {
    // The one long transaction of the platform: marked, so that readers of the outbox need not wait for it.
    await client.query(`BEGIN; ${WRITES_NO_EVENTS}`);
    await pipeline(Readable.from(asCopy(rows)), client.query(copyFrom(STAGING_COPY)));
    await client.query('COMMIT');
  } catch (error) {
    // A COPY that was cut off leaves the connection in the middle of a message: it is closed, not given back.
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}
