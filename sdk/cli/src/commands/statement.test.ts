// `chung statement verify` as a partner runs it at the month's end: files in, a verdict out, nothing asked of anybody.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bookLine, type Deed, FIRST_MIDNIGHT, PERIOD_MS, seal, writeStatements } from '../../../client/testing/write-statement.ts';
import { chungIn } from '../../testing/chung.ts';

const deeds: readonly Deed[] = [
  {
    at: FIRST_MIDNIGHT + 1,
    gross: 100_000,
    commissionBasisPoints: 1_000,
    fee: 0,
    vatBasisPoints: 800,
    parts: [],
    fate: 'kept',
    pauseMs: 1,
  },
  {
    at: FIRST_MIDNIGHT + 2,
    gross: 0,
    commissionBasisPoints: 0,
    fee: 2_000,
    vatBasisPoints: 800,
    parts: [3_333],
    fate: 'reversed',
    pauseMs: PERIOD_MS / 2,
  },
];
const { events, statements } = writeStatements(deeds, 2, [bookLine('payout', FIRST_MIDNIGHT + PERIOD_MS + 5, -50_000n)]);
const [first, second] = statements;
if (!first || !second) throw new Error('there are two statements');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-statement-'));
  await put('first.json', JSON.stringify(first, null, 2));
  await put('second.json', JSON.stringify(second));
  await put('events.ndjson', events.map((event) => `${JSON.stringify(event)}\n`).join(''));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFile(path.join(folder, name), text);
const verify = (...words: string[]) => chungIn(folder, ['statement', 'verify', ...words]);

describe('chung statement verify', () => {
  test('confirms a month from exported files alone, in words of either language, and asks nobody', async () => {
    const asked = vi.spyOn(globalThis, 'fetch');
    const told = await verify('second.json', '--events', 'events.ndjson', '--previous', 'first.json');
    expect([told.code, told.error]).toEqual([0, '']);
    expect(told.out).toContain(
      `Statement 2 of Tổng công ty Truyền thông “Thử”, 2026-12-01 – 2026-12-31: 2 lines, opening 87,760 ₫, closing 39,200 ₫.`,
    );
    expect(told.out).toContain(second.hash);
    expect(told.out).toContain('It fits to the đồng, in itself and with 4 events.');
    const inVietnamese = await chungIn(folder, ['statement', 'verify', 'first.json', '--events', 'events.ndjson'], { language: 'vi' });
    expect(inVietnamese.out).toContain('Khớp từng đồng trong tệp và với 4 sự kiện.');
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  test('says which line, by how much, and ends with 1', async () => {
    const forged = {
      ...first,
      lines: first.lines.map((line, index) => (index === 0 ? { ...line, commission: '10001', net: '89199' } : line)),
    };
    await put('forged.json', JSON.stringify(seal(forged)));
    const told = await verify('forged.json', '--events', 'events.ndjson');
    expect(told.code).toBe(1);
    expect(told.out).toContain(`Line 1: commission is 10001 and should be 10000 (off by +1) [${first.lines[0]?.redemptionId}].\n`);
    expect(told.out).toMatch(/\d+ differences?\.\n$/);
  });

  test('names a redemption that has no line', async () => {
    await put('short.json', JSON.stringify(seal({ ...first, lines: first.lines.slice(0, 1) })));
    const told = await verify('short.json', '--events', 'events.ndjson');
    expect([told.code, told.out]).toEqual([1, expect.stringContaining('(redeemed)')]);
    expect(told.out).toContain('which should net -2160');
  });

  test('says what it could not know without events and the month before', async () => {
    const told = await verify('second.json');
    expect(told.code).toBe(0);
    expect(told.out).toContain('Without events it is not known whether a redemption is missing');
    expect(told.out).toContain('what is named above is not known.');
  });

  test('speaks to programs', async () => {
    const told = await verify('second.json', '--previous', 'second.json', '--json');
    const said = JSON.parse(told.out);
    expect([told.code, said.verified, said.statement]).toEqual([
      1,
      false,
      expect.objectContaining({ number: 2, hash: second.hash, lineCount: 2 }),
    ]);
    expect(said.differences).toContainEqual(expect.objectContaining({ code: 'chain', field: 'number', stated: '2', computed: '3' }));
  });

  test('reads events one a line, as a list, or as a page of the API', async () => {
    for (const text of [
      JSON.stringify(events),
      JSON.stringify(events, null, 2),
      JSON.stringify({ items: events, nextCursor: 'x' }, null, 1),
      `\uFEFF${JSON.stringify({ items: events })}`,
    ]) {
      await put('events.json', text);
      expect((await verify('first.json', '--events', 'events.json')).out).toContain('with 4 events.');
    }
  });

  test('tells a damaged file in one sentence, whatever the damage', async () => {
    const whole = JSON.stringify(first);
    for (let at = 0; at < whole.length; at += 29)
      for (const noise of ['', '}', '"', '\u0000', '9'.repeat(400)]) {
        await put('damaged.json', whole.slice(0, at) + noise);
        const told = await verify('damaged.json');
        expect([at, noise, told.code]).toEqual([at, noise, 1]);
        expect(told.out + told.error).not.toMatch(/\n\s+at |This tool failed/);
      }
    await put('events.ndjson', `${JSON.stringify(events[0])}\n{"id":\n`);
    const told = await verify('first.json', '--events', 'events.ndjson');
    expect([told.code, told.error]).toEqual([1, expect.stringContaining('events.ndjson:2 is no JSON')]);
  });

  test.each([
    [['statement'], 'Which file to verify is not said.'],
    [['statement', 'verify'], 'Which file to verify is not said.'],
    [['statement', 'shred', 'first.json'], 'Which file to verify is not said.'],
    [['statement', 'verify', 'nowhere.json'], 'The file nowhere.json cannot be read.'],
    [['statement', 'verify', 'first.json', '--events', 'nowhere'], 'The file nowhere cannot be read.'],
    [['statement', 'verify', '.'], 'The file . cannot be read.'],
  ])('%j ends with 2 and one clear sentence', async (words, sentence) => {
    const told = await chungIn(folder, words);
    expect([told.code, told.error]).toEqual([2, expect.stringContaining(sentence)]);
  });
});
