// Files of codes as partners have them: how they come over the wire must not matter, and what is read is what the platform reads.
import { CodeJobId } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCodeDraft } from '../../../platform/server/src/rooms/offers/code-draft.ts';
import { createLineReader } from '../../../platform/server/src/rooms/offers/code-lines.ts';
import { readCodeLines } from './code-lines.ts';
import { createFakePlatform, FAKE_PARTNER } from './index.ts';
import { startJob } from './state/code-jobs.ts';
import { createDraft } from './state/publish.ts';
import type { FakeCodeJob } from './state/records.ts';

/** A job of an upload that has not begun, for an offer whose pool is empty. */
function newJob(): FakeCodeJob {
  const { store, offers } = createFakePlatform({ startAt: '2026-11-22T13:00:00Z' });
  const offer = createDraft(store, { ...offers.instant.terms, codes: 'pool' }, FAKE_PARTNER);
  return startJob(store, offer, { kind: 'upload' });
}

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  const ends = [...at, bytes.length];
  for (const [index, end] of ends.entries()) yield bytes.subarray(ends[index - 1] ?? 0, end);
}

async function read(content: string | Uint8Array, { cuts = [] as readonly number[], job = newJob() } = {}) {
  await readCodeLines(job, chunksOf(typeof content === 'string' ? new TextEncoder().encode(content) : content, cuts));
  const { added, duplicates, rejected, rowsRead, rejectedLines, duplicateLines, bytesTaken, linesTaken } = job;
  return { added, duplicates, rejected, rowsRead, rejectedLines, duplicateLines, bytesTaken, linesTaken };
}

const reasonsOf = async (content: string) => (await read(content)).rejectedLines.map(({ reason }) => reason);

describe('a line', () => {
  test.each([
    ['in small letters, with spaces around', '  abcd-0001 \n'],
    ['in quotes, with quotes’ spaces', '" ABCD-0001 "\n'],
    ['before a comma', 'ABCD-0001,một ghi chú\n'],
    ['before a semicolon', 'ABCD-0001;x\n'],
    ['before a tab', 'ABCD-0001\tx\n'],
    ['of a file from Windows', 'ABCD-0001\r\n'],
    ['without an end', 'ABCD-0001'],
    ['behind a byte-order mark', '\uFEFFABCD-0001\n'],
    ['behind a heading', 'Mã\nABCD-0001\n'],
    ['behind a heading whose mark stands apart', 'Mã\n'.normalize('NFD').concat('ABCD-0001\n')],
    ['behind blank lines and a heading in capitals', '\n \r\nCODES,NOTE\nABCD-0001\n'],
  ])('%s is a code', async (_what, content) => {
    const job = newJob();
    expect(await read(content, { job })).toMatchObject({ added: 1, rowsRead: 1, rejected: 0 });
    expect(job.offer.pool.take()).toBe('ABCD-0001');
  });

  test.each([
    ['ABC', 'too_short'],
    ['X'.repeat(65), 'too_long'],
    ['X'.repeat(5_000), 'too_long'],
    ['ABCD 0001', 'characters_not_allowed'],
    ['ABCD_0001', 'characters_not_allowed'],
    ['MÃ-0001', 'characters_not_allowed'],
    ['"ABCD-0001', 'characters_not_allowed'],
  ])('“%s” is none: %s', async (line, reason) => {
    expect(await reasonsOf(`GOOD-0001\n${line}\n`)).toEqual([reason]);
  });

  test('that says “code” is a heading above all others, and a code below them', async () => {
    expect(await read('code\ncode\n')).toMatchObject({ added: 1, rowsRead: 1, linesTaken: 2 });
    expect(await read('GOOD-0001\ncode\n')).toMatchObject({ added: 2, rowsRead: 2 });
    expect(await read('x\ncode\n')).toMatchObject({ added: 1, rejected: 1 });
  });

  test('is looked at for 256 bytes, and what is behind them is not seen', async () => {
    const line = (spaces: number) => `ABCD${' '.repeat(spaces)}x\n`;
    expect(await read(line(251))).toMatchObject({ added: 0, rejected: 1 });
    expect(await read(line(252))).toMatchObject({ added: 1, rejected: 0 });
  });

  test('of the shortest and of the longest code is one', async () => {
    expect(await read(`ABCD\n${'X'.repeat(64)}\n`)).toMatchObject({ added: 2, rejected: 0 });
  });
});

test('a hundred bad lines are shown by their numbers, and all are counted', async () => {
  const { rejected, rejectedLines, duplicates, duplicateLines } = await read(`${'x\n'.repeat(150)}${'GOOD-0001\n'.repeat(151)}`);
  expect([rejected, rejectedLines.length, rejectedLines[99]?.line]).toEqual([150, 100, 100]);
  expect([duplicates, duplicateLines.length, duplicateLines[0]]).toEqual([150, 100, 152]);
});

test('a file that goes on counts its lines on, and has no second heading', async () => {
  const job = newJob();
  await read('GOOD-0001\n', { job });
  expect(await read('code\nx\n', { job })).toMatchObject({ added: 2, rejectedLines: [{ line: 3, reason: 'too_short' }], bytesTaken: 17 });
});

test('of a file that breaks off only whole batches are in the pool, and what broke it is told', async () => {
  const job = newJob();
  const bytes = new TextEncoder().encode(Array.from({ length: 5_001 }, (_, index) => `CODE-${index}\n`).join(''));
  async function* cutOff() {
    yield bytes;
    throw new Error('the cable was pulled');
  }
  await expect(readCodeLines(job, cutOff())).rejects.toThrow('the cable was pulled');
  expect([job.added, job.offer.pool.free, job.linesTaken]).toEqual([5_000, 5_000, 5_000]);
  expect(bytes.subarray(job.bytesTaken)).toEqual(new TextEncoder().encode('CODE-5000\n'));
});

const piece = fc.oneof(
  fc.constantFrom('\n', '\r\n', ',', ';', '\t', '"', ' ', 'code', 'Mã', 'GOOD-0001', 'good-0001', 'GOOD-0002', 'abc', 'ơ', '\uFEFF', '\0'),
  fc.string({ maxLength: 8 }),
  fc.constant('X'.repeat(300)),
);
const file = fc.oneof(
  fc.array(piece, { maxLength: 40 }).map((pieces) => new TextEncoder().encode(pieces.join(''))),
  fc.uint8Array({ maxLength: 200 }),
);
const cuts = fc.array(fc.nat({ max: 1_000 }), { maxLength: 8 });

test('how a file is cut on its way changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(file, cuts, async (bytes, at) => {
      expect(await read(bytes, { cuts: at })).toEqual(await read(bytes));
    }),
    { numRuns: 300 },
  );
});

/** What the platform's own reader makes of a file, in the words of a job. */
function readOnPlatform(bytes: Uint8Array) {
  const reader = createLineReader({ line: 0, byte: 0 });
  const draft = createCodeDraft({ bytesTaken: 0, linesTaken: 0 });
  for (const line of reader.push(Buffer.from(bytes))) draft.add(line);
  const last = reader.end();
  if (last) draft.add(last);
  const { batch, told } = draft.take();
  const { duplicates, rejected } = told;
  return { ...told, added: batch.codes.length, rowsRead: batch.codes.length + duplicates + rejected };
}

test('any file is read as the platform reads it, to the byte', async () => {
  await fc.assert(
    fc.asyncProperty(file, cuts, async (bytes, at) => {
      expect(await read(bytes, { cuts: at })).toEqual(readOnPlatform(bytes));
    }),
    { numRuns: 500 },
  );
});

test('a job has an id of the contracts', () => {
  expect(CodeJobId.safeParse(newJob().id).success).toBe(true);
});
