// Imports a register in three steps, so that nothing is half done: read and check the whole file into a staging table, take
// out what is there twice, then write members in batches that each commit or do not. A file that turns out unreadable in its
// last line has not changed one member. If the process dies while writing, importing the same file again completes it.
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ImportId, MemberId } from '@chung/contracts';
import { from as copyFrom } from 'pg-copy-streams';
import type { Logger } from 'pino';
import type { Db } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { createIdMaker, newId } from '../../kernel/ids.ts';
import type { Vault } from '../../kernel/vault.ts';
import * as store from './import-store.ts';
import { contactContext } from './member.ts';
import { checkRow, createRowSchema, type MemberRow } from './register/member-row.ts';
import { readRegister } from './register/read-register.ts';
import { refuseRegister } from './register/refusal.ts';
import type { Rejection } from './register/rejection.ts';
import { createRejectionReport, type RejectionReport } from './register/rejection-report.ts';
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
}

const LINES_A_BATCH = 10_000;
/** While one batch waits for its commit, the other works. */
const LANES = 2;

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
    await stageFile(deps, order, { counts, report });
    await store.takeOutDuplicates(db, report.add);
    await writeMembers(db, counts, (rows, rowsToWrite) => order.onProgress?.({ step: 'writing', rows, bytes: 0, rowsToWrite }));
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

async function stageFile(deps: ImportDeps, order: ImportOrder, { counts, report }: Staging): Promise<void> {
  const { db } = deps;
  const context = {
    unitProvinces: await createMemberStore(db).unitProvinces(),
    today: await today(db),
  };
  const schema = createRowSchema(context);
  const toLine = createLineWriter(deps.vault);
  let bytes = 0;

  async function* counted(): AsyncGenerator<Buffer> {
    // A refusal must not close the socket that still has to carry it: whoever opened the stream ends it.
    for await (const chunk of order.file.iterator({
      destroyOnReturn: false,
    }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  async function* lines(): AsyncGenerator<string> {
    const file = await readRegister(counted());
    for await (const group of file.groups) {
      const rejections: Rejection[] = [];
      let text = '';
      for (const record of group) {
        const checked = checkRow(schema, record, file);
        if ('row' in checked) text += toLine(record.line, checked.row);
        else rejections.push(...checked.rejections);
      }
      counts.rowsRead += group.length;
      await report.add(rejections);
      if (text !== '') yield text;
      order.onProgress?.({
        step: 'reading',
        rows: counts.rowsRead,
        bytes,
        rowsToWrite: 0,
      });
    }
  }
  await store.withCopyClient(db, async (client) => {
    await pipeline(Readable.from(lines()), client.query(copyFrom(store.STAGING_COPY))).catch((error) => {
      throw isCutOff(error)
        ? refuseRegister('Tệp chưa được gửi hết: kết nối bị ngắt.', 'The file did not arrive whole: the connection was cut.')
        : error;
    });
  });
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

const NOTHING = '\\N';

/**
 * Makes the COPY line of a checked row: sealed contact, phone look-up hash, and the hash by which an unchanged row is known.
 * Nothing is escaped: the schema lets no tab, line end or backslash through.
 */
function createLineWriter(vault: Vault): (line: number, row: MemberRow) => string {
  // A plain hash of a row could be tested against guesses; a secret in front of it cannot. It is made by the vault once a file,
  // because a keyed hash a row costs seven times a plain one.
  const secret = vault.lookUp('members.row-hash').toString('hex');
  const newMemberId = createIdMaker<MemberId>();
  return (line, row) => {
    const contact = row.phone === null && row.email === null ? '' : `${row.phone ?? ''}\n${row.email ?? ''}`;
    const birth = row.birth_date;
    const fields = `${row.full_name}\t${birth.date ?? NOTHING}\t${birth.year}\t${row.gender ?? NOTHING}`;
    const place = `${row.unit_code}\t${row.province_code}\t${row.role}\t${row.verified}\t${row.joined_on ?? NOTHING}`;
    const rowHash = hash('sha256', `${secret}\n${row.member_code}\t${fields}\t${place}\t${contact}`).slice(0, 32);
    const sealed = contact === '' ? NOTHING : `\\\\x${vault.seal(contact, contactContext(row.member_code)).toString('hex')}`;
    const phoneHash = row.phone === null ? NOTHING : `\\\\x${vault.lookUp(row.phone).toString('hex')}`;
    return `${line}\t${newMemberId()}\t${row.member_code}\t${fields}\t${sealed}\t${phoneHash}\t${place}\t\\\\x${rowHash}\n`;
  };
}

async function writeMembers(db: Db, counts: store.ImportCounts, onBatch: (rows: number, rowsToWrite: number) => void): Promise<void> {
  const last = await store.lastStagedLine(db);
  let next = 0;
  let done = 0;
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    while (next <= last && !failure) {
      const from = next;
      next += LINES_A_BATCH;
      const batch = await store.applyLines(db, from, from + LINES_A_BATCH);
      counts.inserted += batch.inserted;
      counts.updated += batch.updated;
      counts.unchanged += batch.unchanged;
      done += batch.inserted + batch.updated + batch.unchanged;
      onBatch(done, counts.rowsRead);
    }
  };
  // Both lanes have ended when this ends, also after a failure: the caller empties the table that they read.
  const ended = Array.from({ length: LANES }, () =>
    lane().catch((error: unknown) => {
      failure ??= { error };
    }),
  );
  await Promise.all(ended);
  if (failure) throw failure.error;
}
