import type { Readable } from 'node:stream';
import type { CodeJobId, OfferId, PartnerId } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Vault } from '../../kernel/vault.ts';
import type { Partners } from '../partners/index.ts';
import { createCodeDraft } from './code-draft.ts';
import type { CodeJobRow } from './code-job.ts';
import { findJob, type HeldJob, insertJob, LEASE_SECONDS, leaveJob, renewLease, takeOverUpload } from './code-job-store.ts';
import { createLineReader } from './code-lines.ts';
import { requirePool } from './require-pool.ts';
import { type CodeWriter, createCodeWriter, RunnerReplacedError } from './write-codes.ts';

const BATCH = 5_000;
/** A slow client's codes are shown and claimable after this, though the batch is not full. */
const FLUSH_MS = 2_000;
/** How long the rest of a file is held back for a database that restarts. */
const PATIENCE_MS = 60_000;
/** 25 million codes of 40 characters; beyond that it is not a code file. */
const BYTES_MAX = 1024 ** 3;

interface Deps {
  readonly db: Db;
  readonly vault: Vault;
  readonly partners: Partners;
}

export interface CodeUpload {
  readonly partnerId: PartnerId;
  readonly offerId: OfferId;
  readonly stream: Readable;
  /** Null when the client does not say. */
  readonly bytesTotal?: number | null;
  /** Goes on with an interrupted upload; the stream begins at this byte of the file. */
  readonly resume?: { readonly jobId: CodeJobId; readonly offset: number } | undefined;
}

/**
 * Reads codes line by line and adds them in batches, each in its own transaction: a transaction held open for as long as a
 * client sends would stop every reader of the outbox. If the upload breaks off, the batches that came through stay, and it
 * goes on at the byte that its job tells; sending the whole file again adds only the rest, too.
 */
export async function uploadCodes(deps: Deps, upload: CodeUpload): Promise<CodeJobRow> {
  const { db } = deps;
  await requirePool(db, deps.partners, upload);
  // Told before it is sent: the client need not send a gigabyte to learn it.
  if ((sizeOf(upload).bytesTotal ?? 0) > BYTES_MAX) throw new DomainError('payload_too_large');
  const held: HeldJob = { offerId: upload.offerId, id: upload.resume?.jobId ?? newId<CodeJobId>(), runner: newId() };
  const row = await db.tx((tx) =>
    upload.resume
      ? takeOverUpload(tx, { ...held, partnerId: upload.partnerId, ...sizeOf(upload), offset: upload.resume.offset })
      : insertJob(tx, { ...held, partnerId: upload.partnerId, ...sizeOf(upload), kind: 'upload', recipe: null }),
  );
  if (!row) throw await notResumable(db, upload, held);
  const renewing = setInterval(() => void renewLease(db, held).catch(() => {}), (LEASE_SECONDS * 1000) / 3);
  try {
    const writer = createCodeWriter(deps, { ...held, partnerId: upload.partnerId, row }, (waitedMs) => waitedMs < PATIENCE_MS);
    await readCodes(upload.stream, row, writer);
    await writer.settle();
    const done = await leaveJob(db, held, { state: 'done', error: null });
    if (!done) throw new RunnerReplacedError();
    return done;
  } catch (error) {
    throw await breakOff(db, { ...held, partnerId: upload.partnerId }, error);
  } finally {
    clearInterval(renewing);
  }
}

const sizeOf = ({ bytesTotal = null, resume }: CodeUpload) => ({
  bytesTotal: bytesTotal === null ? null : bytesTotal + (resume?.offset ?? 0),
});

async function readCodes(stream: Readable, job: CodeJobRow, writer: CodeWriter): Promise<void> {
  const reader = createLineReader({ line: job.linesTaken, byte: job.bytesTaken });
  const draft = createCodeDraft(job);
  let flushed = performance.now();
  const flush = async () => {
    flushed = performance.now();
    const { batch, told } = draft.take();
    await writer.write(batch, told);
  };
  let bytes = job.bytesTaken;
  const chunks: AsyncIterable<Buffer | string> = stream;
  for await (const chunk of chunks) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += part.length;
    if (bytes > BYTES_MAX) throw new DomainError('payload_too_large');
    for (const line of reader.push(part)) {
      draft.add(line);
      if (draft.size() >= BATCH) await flush();
    }
    if (draft.hasLines() && performance.now() - flushed > FLUSH_MS) await flush();
  }
  const last = reader.end();
  if (last) draft.add(last);
  if (draft.hasLines()) await flush();
}

/** Says in the job how the upload ended, and answers what its client is told. */
async function breakOff(db: Db, held: HeldJob & { partnerId: PartnerId }, error: unknown): Promise<unknown> {
  if (error instanceof RunnerReplacedError) return replacedBy(await findJob(db, held.partnerId, held).catch(() => null));
  const isTooLarge = error instanceof DomainError && error.code === 'payload_too_large';
  // Where the database is away this fails as well: the lease lapses then, which says the same half a minute later.
  await leaveJob(db, held, isTooLarge ? { state: 'failed', error: 'payload_too_large' } : { state: 'interrupted', error: null }).catch(
    () => null,
  );
  return error;
}

const replacedBy = (job: CodeJobRow | null) =>
  job?.state === 'cancelled'
    ? new DomainError('wrong_state', { detail: { vi: 'Lượt nạp mã đã bị dừng.', en: 'The upload was cancelled.' } })
    : new DomainError('conflict', {
        detail: { vi: 'Lượt nạp này đã được tiếp tục ở nơi khác.', en: 'The upload goes on in another request.' },
      });

/** Why it cannot be gone on with there; the place to go on is told, so that a client needs no second look. */
async function notResumable(db: Db, { partnerId, resume }: CodeUpload, held: HeldJob): Promise<DomainError> {
  const job = await findJob(db, partnerId, held);
  if (!job) return new DomainError('not_found');
  const isOpen = job.kind === 'upload' && (job.state === 'running' || job.state === 'interrupted');
  if (!isOpen)
    return new DomainError('wrong_state', { detail: { vi: 'Lượt nạp mã này đã kết thúc.', en: 'This upload of codes is over.' } });
  const at = { expected: job.bytesTaken, given: resume?.offset };
  return new DomainError('conflict', {
    detail: {
      vi: `Hãy gửi tiếp từ byte ${at.expected}, không phải từ ${at.given}.`,
      en: `Send the file from byte ${at.expected} on, not from ${at.given}.`,
    },
  });
}
