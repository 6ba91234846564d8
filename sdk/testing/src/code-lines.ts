import { CODE_LENGTH_MAX, normaliseCode } from './state/code-pool.ts';
import type { FakeCodeJob } from './state/records.ts';

const NEWLINE = 0x0a;
const LINE_BYTES_MAX = 256;
const LINES_SHOWN = 100;
/** The platform writes codes in batches of so many lines; of an upload that breaks off, whole batches stay. */
const BATCH = 5_000;
const HEADING = /^(code|codes|mã|ma)$/i;

interface Line {
  readonly bytes: Uint8Array;
  /** Where the next line begins. */
  readonly endsAt: number;
}

/**
 * Adds the codes of a file to the job's pool, line by line as it comes, and counts what was added, there already or no code at all. When the
 * file breaks off, what was thrown goes on to the caller.
 */
export async function readCodeLines(job: FakeCodeJob, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const lines: Line[] = [];
  // A heading is one only above all codes of the whole file.
  const seen = { isBegun: job.bytesTaken > 0 };
  let rest = new Uint8Array();
  let readTo = job.bytesTaken;
  for await (const chunk of chunks) {
    const bytes = joined(rest, chunk);
    let start = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start)) {
      readTo += at + 1 - start;
      lines.push({ bytes: bytes.subarray(start, at), endsAt: readTo });
      start = at + 1;
    }
    rest = bytes.slice(start);
    while (lines.length >= BATCH) addLines(job, lines.splice(0, BATCH), seen);
  }
  if (rest.length > 0) lines.push({ bytes: rest, endsAt: readTo + rest.length });
  addLines(job, lines, seen);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function addLines(job: FakeCodeJob, lines: readonly Line[], seen: { isBegun: boolean }): void {
  for (const { bytes, endsAt } of lines) {
    job.linesTaken += 1;
    const field = firstField(new TextDecoder().decode(bytes.subarray(0, LINE_BYTES_MAX)));
    job.bytesTaken = endsAt;
    if (field === '') continue;
    const isHeading = !seen.isBegun && HEADING.test(field.normalize('NFC'));
    seen.isBegun = true;
    if (!isHeading) addField(job, field);
  }
}

function addField(job: FakeCodeJob, field: string): void {
  job.rowsRead += 1;
  const code = normaliseCode(field);
  if (code === null) {
    job.rejected += 1;
    if (job.rejectedLines.length < LINES_SHOWN) job.rejectedLines.push({ line: job.linesTaken, reason: reasonFor(field) });
  } else if (job.offer.pool.add(code)) job.added += 1;
  else {
    job.duplicates += 1;
    if (job.duplicateLines.length < LINES_SHOWN) job.duplicateLines.push(job.linesTaken);
  }
}

function reasonFor(field: string): string {
  if (field.length < 4) return 'too_short';
  return field.length > CODE_LENGTH_MAX ? 'too_long' : 'characters_not_allowed';
}

/** The first column; a byte-order mark and quotes are how spreadsheets write it. */
function firstField(line: string): string {
  const [field = ''] = line.replace(/^\uFEFF/, '').split(/[,;\t]/, 1);
  return field
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
}
