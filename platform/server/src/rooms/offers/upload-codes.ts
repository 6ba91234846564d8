import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { OfferId, uploadCodes as operation, PartnerId, ReplyOf } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Vault } from '../../kernel/vault.ts';
import type { Partners } from '../partners/index.ts';
import { CODE_LENGTH_MAX, hashCode, hintOf, normaliseCode, sealCode } from './code.ts';
import { insertCodes } from './code-store.ts';
import { findPartnerOffer } from './store.ts';

type Report = ReplyOf<typeof operation>;

const BATCH = 2_000;
const LINE_LENGTH_MAX = 256;
const REJECTED_SHOWN = 100;
/** 25 million codes of 40 characters; beyond that it is not a code file. */
const BYTES_MAX = 1024 ** 3;

/**
 * Reads codes line by line and adds them in batches, each in its own transaction: a transaction held open for as long as a
 * client sends would stop every reader of the outbox. If the upload breaks off, the batches that came through stay, and
 * sending the same file again adds only the rest.
 */
export async function uploadCodes(
  deps: { db: Db; vault: Vault; partners: Partners },
  input: { partnerId: PartnerId; offerId: OfferId; stream: Readable },
): Promise<Report> {
  const { partnerId, offerId } = input;
  await deps.partners.requireActive(partnerId);
  const offer = await findPartnerOffer(deps.db, partnerId, offerId);
  if (!offer) throw new DomainError('not_found');
  if (offer.codes === null || offer.state === 'ended') throw new DomainError('wrong_state', { detail: NO_POOL });

  const report: Report = { added: 0, duplicates: 0, rejected: 0, rejectedLines: [] };
  let batch: string[] = [];
  const flush = async () => {
    const codes = batch;
    batch = [];
    if (codes.length === 0) return;
    const added = await addBatch(deps, { partnerId, offerId, codes });
    report.added += added;
    report.duplicates += codes.length - added;
  };
  let begun = false;
  for await (const { line, text } of linesOf(input.stream)) {
    const field = firstField(text);
    if (field === '') continue;
    // "code" alone would pass for a code, so it is a heading only above all others; blank lines may stand before it.
    const isHeader = !begun && HEADER.test(field.normalize('NFC'));
    begun = true;
    if (isHeader) continue;
    const code = normaliseCode(field);
    if (code === null) {
      report.rejected += 1;
      if (report.rejectedLines.length < REJECTED_SHOWN) report.rejectedLines.push({ line, reason: reasonFor(field) });
      continue;
    }
    if (batch.push(code) >= BATCH) await flush();
  }
  await flush();
  return report;
}

const NO_POOL = {
  vi: 'Ưu đãi này không dùng kho mã hoặc đã kết thúc.',
  en: 'This offer has no code pool or has ended.',
};
const HEADER = /^(code|codes|mã|ma)$/i;

/** A code file may be the first column of a CSV; a byte-order mark and quotes are how spreadsheets write it. */
function firstField(line: string): string {
  const [field = ''] = line.replace(/^\uFEFF/, '').split(/[,;\t]/, 1);
  return field
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
}

function reasonFor(field: string): string {
  if (field.length < 4) return 'too_short';
  return field.length > CODE_LENGTH_MAX ? 'too_long' : 'characters_not_allowed';
}

function addBatch(
  { db, vault }: { db: Db; vault: Vault },
  { partnerId, offerId, codes }: { partnerId: PartnerId; offerId: OfferId; codes: readonly string[] },
): Promise<number> {
  const rows = codes.map((code) => {
    const hash = hashCode(vault, partnerId, code);
    return { hash, sealed: sealCode(vault, { offerId, hash, code }), hint: hintOf(code) };
  });
  // In one order for everyone, so that two uploads of the same codes wait for each other instead of dead-locking.
  rows.sort((a, b) => a.hash.compare(b.hash));
  return db.tx((tx) => insertCodes(tx, offerId, rows));
}

/** Lines of a stream with bounded memory: an endless line is cut, and cut lines are rejected by their length. */
async function* linesOf(stream: Readable): AsyncGenerator<{ line: number; text: string }> {
  const decoder = new StringDecoder('utf8');
  let bytes = 0;
  let rest = '';
  let line = 0;
  const chunks: AsyncIterable<Buffer | string> = stream;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > BYTES_MAX) throw new DomainError('payload_too_large');
    const parts = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = (parts.pop() ?? '').slice(0, LINE_LENGTH_MAX);
    for (const part of parts) {
      line += 1;
      yield { line, text: part.slice(0, LINE_LENGTH_MAX) };
    }
  }
  rest += decoder.end();
  if (rest !== '') yield { line: line + 1, text: rest };
}
