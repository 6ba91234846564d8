// Imports a register in three steps, so that nothing is half done: read and check the whole file into a staging table, take
// out what is there twice, then write members in batches that each commit or do not. A file that turns out unreadable in its
// last line has not changed one member. If the process dies while writing, importing the same file again completes it.
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ImportId } from '@chung/contracts';
import type { Logger } from 'pino';
import type { Db } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Vault } from '../../kernel/vault.ts';
import * as store from './import-store.ts';
import { checkRegisterInThread } from './register/check-in-thread.ts';
import { refuseRegister } from './register/refusal.ts';
import { createRejectionReport, type RejectionReport } from './register/rejection-report.ts';
import { sealRows } from './seal-rows.ts';
import { createMemberStore, today } from './store.ts';

export interface ImportDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly dataDirectory: string;
  readonly log: Logger;
}

export interface ImportProgress {
  readonly step: 'reading' | 'writing';
  /** Rows done in this step. */
  readonly rows: number;
  /** Bytes of the file read so far. */
  readonly bytes: number;
  /** Rows that the writing step has to do; 0 while reading. */
  readonly rowsToWrite: number;
}

export interface ImportOrder {
  readonly file: Readable;
  readonly source: 'http' | 'command';
  /** Where rejected rows go; below the data directory when not given. */
  readonly reportPath?: string;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Stops before the writing, or between two of its batches; what is written stays. */
  readonly signal?: AbortSignal;
}

const LINES_A_BATCH = 10_000;
/** While one batch waits for its commit, the other works; two are the most that go on after a signal to stop. */
const MOST_LANES = 2;
/** Connections that the lanes leave alone: the import's lock has one, and a server goes on answering with the other. */
const SPARED_CONNECTIONS = 2;

export async function importMembers(deps: ImportDeps, order: ImportOrder): Promise<store.ImportRecord> {
  // A sender may go away before its first byte is read; reading then tells it, and an error nobody hears ends the process.
  order.file.on('error', () => undefined);
  const lock = await store.takeImportLock(deps.db);
  if (!lock) throw new DomainError('import_running');
  try {
    return await runImport(deps, order);
  } finally {
    await lock.release();
  }
}

async function runImport(deps: ImportDeps, order: ImportOrder): Promise<store.ImportRecord> {
  const { db, log } = deps;
  const id = newId<ImportId>();
  await store.startImport(db, { id, source: order.source });
  const report = createRejectionReport(order.reportPath ?? join(deps.dataDirectory, 'imports', `${id}-rejected.csv`));
  const counts: store.ImportCounts = {
    rowsRead: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    rejected: 0,
  };
  try {
    const repeated = await stageFile(deps, order, { counts, report });
    if (repeated === 'perhaps') await store.takeOutDuplicates(db, report.add);
    order.signal?.throwIfAborted();
    await writeMembers(db, counts, (rows, rowsToWrite) => {
      order.onProgress?.({ step: 'writing', rows, bytes: 0, rowsToWrite });
      order.signal?.throwIfAborted();
    });
    const reportPath = await report.close();
    counts.rejected = report.rejectedRows;
    const done = await store.finishImport(db, id, {
      state: 'done',
      counts,
      firstErrors: report.first,
      reportPath,
    });
    log.info({ importId: id, ...counts, reportPath }, 'member import done');
    return done;
  } catch (error) {
    const isRefused = error instanceof DomainError && error.code === 'import_rejected';
    log.warn(
      { importId: id, ...counts, ...(isRefused ? {} : { err: error }) },
      isRefused ? 'member import refused' : 'member import failed',
    );
    await report.remove();
    const noErrors = { firstErrors: [], reportPath: null };
    // The first failure is the one to tell; when the database itself is gone, the next import puts the record right.
    await store.finishImport(db, id, { state: 'failed', counts, ...noErrors }).catch(() => undefined);
    throw error;
  } finally {
    await store.clearStaging(db).catch(() => undefined);
  }
}

interface Staging {
  readonly counts: store.ImportCounts;
  readonly report: RejectionReport;
}

/** Answers whether a member code may stand in it twice. */
async function stageFile(deps: ImportDeps, order: ImportOrder, { counts, report }: Staging): Promise<'none' | 'perhaps'> {
  const { db } = deps;
  let repeated: 'none' | 'perhaps' = 'none';
  const context = {
    unitProvinces: await createMemberStore(db).unitProvinces(),
    today: await today(db),
    // Made by the vault once a file, and a copy: a thread would be given all of the memory that a slice was cut from.
    hashSecret: new Uint8Array(deps.vault.lookUp('members.row-hash')),
  };
  let bytes = 0;

  async function* counted(): AsyncGenerator<Buffer> {
    // A refusal must not close the socket that still has to carry it: whoever opened the stream ends it.
    for await (const chunk of order.file.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  async function* sealed(): AsyncGenerator<Buffer> {
    for await (const group of checkRegisterInThread(counted(), context)) {
      counts.rowsRead += group.rowsRead;
      ({ repeated } = group);
      await report.add(group.rejections);
      if (group.rows > 0) yield sealRows(deps.vault, group.staged, group.rows);
      order.onProgress?.({ step: 'reading', rows: counts.rowsRead, bytes, rowsToWrite: 0 });
    }
  }
  await store.stageRows(db, sealed()).catch((error) => {
    throw isCutOff(error)
      ? refuseRegister('Tệp chưa được gửi hết: kết nối bị ngắt.', 'The file did not arrive whole: the connection was cut.')
      : error;
  });
  return repeated;
}

/** A sender that goes away in the middle is the file's fault, not ours. */
function isCutOff(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code)) &&
    !('severity' in error)
  );
}

async function writeMembers(db: Db, counts: store.ImportCounts, onBatch: (rows: number, rowsToWrite: number) => void): Promise<void> {
  const last = await store.lastStagedLine(db);
  const isFirst = await store.isDirectoryEmpty(db);
  let next = 0;
  let done = 0;
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    while (next <= last && !failure) {
      const from = next;
      next += LINES_A_BATCH;
      const batch = await store.applyLines(db, { from, to: from + LINES_A_BATCH, isFirst });
      counts.inserted += batch.inserted;
      counts.updated += batch.updated;
      counts.unchanged += batch.unchanged;
      done += batch.inserted + batch.updated + batch.unchanged;
      onBatch(done, counts.rowsRead);
    }
  };
  // All lanes have ended when this ends, also after a failure: the caller empties the table that they read.
  const lanes = Math.max(1, Math.min(MOST_LANES, db.pool.options.max - SPARED_CONNECTIONS));
  const ended = Array.from({ length: lanes }, () =>
    lane().catch((error: unknown) => {
      failure ??= { error };
    }),
  );
  await Promise.all(ended);
  if (failure) throw failure.error;
}
