import type { CodeJobId, CodeRecipe, OfferId, PartnerId } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import { constraintOf } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { SealedBatch } from './code-batch.ts';
import type { CodeJobRow } from './code-job.ts';

interface Columns {
  id: CodeJobId;
  offer_id: OfferId;
  partner_id: PartnerId;
  kind: CodeJobRow['kind'];
  state: CodeJobRow['state'];
  recipe: CodeRecipe | null;
  rows_total: bigint | null;
  bytes_total: bigint | null;
  bytes_taken: bigint;
  lines_taken: bigint;
  rows_read: bigint;
  added: bigint;
  duplicates: bigint;
  rejected: bigint;
  rejected_lines: { line: number; reason: string }[];
  duplicate_lines: number[];
  batches: number;
  busy_ms: bigint;
  error: string | null;
  started_at: Date;
  updated_at: Date;
  finished_at: Date | null;
}

const rowOf = (row: Columns): CodeJobRow => ({
  id: row.id,
  offerId: row.offer_id,
  partnerId: row.partner_id,
  kind: row.kind,
  state: row.state,
  recipe: row.recipe,
  rowsTotal: row.rows_total === null ? null : Number(row.rows_total),
  bytesTotal: row.bytes_total === null ? null : Number(row.bytes_total),
  bytesTaken: Number(row.bytes_taken),
  linesTaken: Number(row.lines_taken),
  rowsRead: Number(row.rows_read),
  added: Number(row.added),
  duplicates: Number(row.duplicates),
  rejected: Number(row.rejected),
  rejectedLines: row.rejected_lines,
  duplicateLines: row.duplicate_lines,
  batches: row.batches,
  busyMs: Number(row.busy_ms),
  error: row.error,
  startedAt: row.started_at,
  updatedAt: row.updated_at,
  finishedAt: row.finished_at,
});

const first = (rows: readonly Columns[]): CodeJobRow | null => (rows[0] ? rowOf(rows[0]) : null);

/** As long as a runner that still lives may be silent; it renews its lease at a third of that. */
export const LEASE_SECONDS = 30;
const LEASE = `clock_timestamp() + interval '${LEASE_SECONDS} seconds'`;

export interface JobKey {
  readonly offerId: OfferId;
  readonly id: CodeJobId;
}
/** A job in the hands of the one who may add to it. */
export interface HeldJob extends JobKey {
  readonly runner: string;
}

/** An upload whose server died is over for others once its lease has lapsed; a generation waits for the next worker instead. */
const INTERRUPT_LAPSED = `
  UPDATE chung.code_jobs SET state = 'interrupted', runner = NULL, lease_until = NULL
   WHERE offer_id = $1 AND state = 'running' AND kind = 'upload' AND lease_until < clock_timestamp()`;

/** Starts a job and its pool's row; another job running in the pool refuses it. */
export async function insertJob(
  tx: Tx,
  job: HeldJob & { partnerId: PartnerId; kind: CodeJobRow['kind']; bytesTotal: number | null; recipe: CodeRecipe | null },
): Promise<CodeJobRow> {
  await tx.query(INTERRUPT_LAPSED, [job.offerId]);
  await tx.query('INSERT INTO chung.code_pools (offer_id) VALUES ($1) ON CONFLICT (offer_id) DO NOTHING', [job.offerId]);
  // A generation starts without a runner: whichever worker comes by first takes it.
  const rows = await tx
    .query<Columns>(
      `INSERT INTO chung.code_jobs (offer_id, id, partner_id, kind, recipe, rows_total, bytes_total, runner, lease_until)
       VALUES ($1, $2, $3, $4::text, $5, $6, $7, CASE WHEN $4 = 'upload' THEN $8::uuid END, CASE WHEN $4 = 'upload' THEN ${LEASE} END)
       RETURNING *`,
      [
        job.offerId,
        job.id,
        job.partnerId,
        job.kind,
        job.recipe && JSON.stringify(job.recipe),
        job.recipe?.count ?? null,
        job.bytesTotal,
        job.runner,
      ],
    )
    .catch((error) => {
      if (constraintOf(error) === 'code_jobs_running') throw new DomainError('import_running', { retryAfterSeconds: LEASE_SECONDS });
      throw error;
    });
  const inserted = first(rows);
  if (!inserted) throw new Error('the new code job answered no row');
  return inserted;
}

/**
 * Takes an upload over where it stands; null when it stands elsewhere, is over or is not there. Also from a runner that still
 * seems to live: a client that lost its connection knows so before the server does, and the old runner is fenced off.
 */
export async function takeOverUpload(
  tx: Tx,
  job: HeldJob & { partnerId: PartnerId; offset: number; bytesTotal: number | null },
): Promise<CodeJobRow | null> {
  await tx.query(INTERRUPT_LAPSED, [job.offerId]);
  return first(
    await tx
      .query<Columns>(
        `UPDATE chung.code_jobs SET state = 'running', runner = $3, lease_until = ${LEASE}, error = NULL, updated_at = clock_timestamp(),
                bytes_total = coalesce($6, bytes_total)
          WHERE offer_id = $1 AND id = $2 AND partner_id = $4 AND kind = 'upload' AND state IN ('running', 'interrupted') AND bytes_taken = $5
          RETURNING *`,
        [job.offerId, job.id, job.runner, job.partnerId, job.offset, job.bytesTotal],
      )
      .catch((error) => {
        if (constraintOf(error) === 'code_jobs_running') throw new DomainError('import_running', { retryAfterSeconds: LEASE_SECONDS });
        throw error;
      }),
  );
}

/** A generation that nobody works on: new, or left behind by a server that died. */
export async function takeGeneration(db: Db, runner: string): Promise<CodeJobRow | null> {
  return db.tx(async (tx) =>
    first(
      await tx.query<Columns>(
        `UPDATE chung.code_jobs j SET runner = $1, lease_until = ${LEASE}, updated_at = clock_timestamp()
           FROM (SELECT offer_id, id FROM chung.code_jobs
                  WHERE state = 'running' AND kind = 'generation' AND (lease_until IS NULL OR lease_until < clock_timestamp())
                  ORDER BY started_at LIMIT 1 FOR UPDATE SKIP LOCKED) free
          WHERE j.offer_id = free.offer_id AND j.id = free.id
          RETURNING j.*`,
        [runner],
      ),
    ),
  );
}

/** What a batch tells besides its codes. */
export interface Told {
  readonly duplicates: number;
  readonly duplicateLines: readonly number[];
  readonly rejected: number;
  readonly rejectedLines: readonly { readonly line: number; readonly reason: string }[];
  readonly bytesTaken: number;
  readonly linesTaken: number;
}

/** Adds one batch in one statement that is a transaction of its own; null when this runner may not go on. */
export async function addCodes(db: Db, job: HeldJob, batch: SealedBatch & { number: number; told: Told }): Promise<CodeJobRow | null> {
  return first(
    await db.query<Columns>('SELECT * FROM chung.add_codes($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
      job.offerId,
      job.id,
      job.runner,
      batch.number,
      batch.hashes,
      batch.sealed,
      batch.ends,
      batch.hints,
      batch.lines,
      JSON.stringify(batch.told),
    ]),
  );
}

/** Ends a job, or lets go of it, as its runner; null when somebody else has it by now. */
export async function leaveJob(
  db: Tx,
  job: HeldJob,
  as: { state: 'done' | 'interrupted' | 'failed' | 'running'; error: string | null },
): Promise<CodeJobRow | null> {
  return first(
    await db.query<Columns>(
      `UPDATE chung.code_jobs SET state = $4::text, error = $5, runner = NULL, lease_until = NULL, updated_at = clock_timestamp(),
              finished_at = CASE WHEN $4 IN ('done', 'failed') THEN clock_timestamp() END
        WHERE offer_id = $1 AND id = $2 AND runner = $3 AND state = 'running' RETURNING *`,
      [job.offerId, job.id, job.runner, as.state, as.error],
    ),
  );
}

/** While a client is slow no batch comes by to renew the lease. */
export async function renewLease(db: Tx, job: HeldJob): Promise<void> {
  await db.query(
    `UPDATE chung.code_jobs SET lease_until = ${LEASE} WHERE offer_id = $1 AND id = $2 AND runner = $3 AND state = 'running'`,
    [job.offerId, job.id, job.runner],
  );
}

export async function cancelJob(tx: Tx, partnerId: PartnerId, { offerId, id }: JobKey): Promise<CodeJobRow | null> {
  return first(
    await tx.query<Columns>(
      `UPDATE chung.code_jobs SET state = 'cancelled', runner = NULL, lease_until = NULL, updated_at = clock_timestamp(), finished_at = clock_timestamp()
        WHERE offer_id = $1 AND id = $2 AND partner_id = $3 AND state IN ('running', 'interrupted') RETURNING *`,
      [offerId, id, partnerId],
    ),
  );
}

// What is read says "interrupted" as soon as the lease has lapsed; no job has to come by for that to be true.
const READ = `
  SELECT j.offer_id, j.id, j.partner_id, j.kind, j.recipe, j.rows_total, j.bytes_total, j.bytes_taken, j.lines_taken, j.rows_read, j.added,
         j.duplicates, j.rejected, j.rejected_lines, j.duplicate_lines, j.batches, j.busy_ms, j.error, j.started_at, j.updated_at, j.finished_at,
         CASE WHEN j.state = 'running' AND j.kind = 'upload' AND j.lease_until < clock_timestamp() THEN 'interrupted' ELSE j.state END AS state
    FROM chung.code_jobs j`;

export async function findJob(on: Tx, partnerId: PartnerId, { offerId, id }: JobKey): Promise<CodeJobRow | null> {
  return first(await on.query<Columns>(`${READ} WHERE j.offer_id = $1 AND j.id = $2 AND j.partner_id = $3`, [offerId, id, partnerId]));
}

/** Newest first; `before` is the last id of the page before. */
export async function listJobs(
  on: Tx,
  { partnerId, offerId }: { partnerId: PartnerId; offerId: OfferId },
  page: { before: string | null; limit: number },
): Promise<readonly CodeJobRow[]> {
  const rows = await on.query<Columns>(
    `${READ} WHERE j.offer_id = $1 AND j.partner_id = $2 AND ($3::uuid IS NULL OR j.id < $3) ORDER BY j.id DESC LIMIT $4`,
    [offerId, partnerId, page.before, page.limit],
  );
  return rows.map(rowOf);
}
