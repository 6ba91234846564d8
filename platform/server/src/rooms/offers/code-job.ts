import type { CodeJob, CodeJobId, CodeJobState, CodeRecipe, OfferId, PartnerId } from '@chung/contracts';

/** An upload or generation as it is kept. */
export interface CodeJobRow {
  readonly id: CodeJobId;
  readonly offerId: OfferId;
  readonly partnerId: PartnerId;
  readonly kind: 'upload' | 'generation';
  readonly state: CodeJobState;
  readonly recipe: CodeRecipe | null;
  readonly rowsTotal: number | null;
  readonly bytesTotal: number | null;
  readonly bytesTaken: number;
  readonly linesTaken: number;
  readonly rowsRead: number;
  readonly added: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly rejectedLines: readonly { readonly line: number; readonly reason: string }[];
  readonly duplicateLines: readonly number[];
  readonly batches: number;
  readonly busyMs: number;
  readonly error: string | null;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

/** Rounded down: a hundred percent is only told when all is in. */
export function percentOf(job: Pick<CodeJobRow, 'state' | 'kind' | 'rowsTotal' | 'bytesTotal' | 'bytesTaken' | 'added'>): number | null {
  if (job.state === 'done') return 100;
  const [part, whole] = job.kind === 'generation' ? [job.added, job.rowsTotal] : [job.bytesTaken, job.bytesTotal];
  if (whole === null || whole === 0) return null;
  return Math.min(99, Math.floor((part / whole) * 100));
}

/** The job as its partner sees it. */
export function codeJobOf(row: CodeJobRow): CodeJob {
  return {
    id: row.id,
    offerId: row.offerId,
    kind: row.kind,
    state: row.state,
    rowsRead: row.rowsRead,
    added: row.added,
    duplicates: row.duplicates,
    rejected: row.rejected,
    rejectedLines: [...row.rejectedLines],
    duplicateLines: [...row.duplicateLines],
    bytesTaken: row.bytesTaken,
    bytesTotal: row.bytesTotal,
    rowsTotal: row.rowsTotal,
    percent: percentOf(row),
    rowsPerSecond: row.busyMs === 0 ? 0 : Math.round((row.rowsRead * 1000) / row.busyMs),
    error: row.error,
    startedAt: row.startedAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
