import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isRejectionReason, REJECTION_REASONS, type Rejection, type RejectionReason, rejectionText } from './rejection.ts';
import { createRejectionReport } from './rejection-report.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-report-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const place = () => path.join(folder, 'reports', 'one.csv');
const fault = (row: number, changes: Partial<Rejection> = {}): Rejection => ({ row, column: 'phone', reason: 'bad_phone', ...changes });
const files = async () => (await readdir(folder, { recursive: true })).filter((name) => /\.(csv|part)/.test(name));
const ALL = Object.keys(REJECTION_REASONS).filter(isRejectionReason);

describe('the report of an import', () => {
  test('is not there when nothing was wrong', async () => {
    const report = createRejectionReport(place());
    await report.add([]);
    expect([await report.close(), report.rejectedRows, await readdir(folder)]).toEqual([null, 0, []]);
  });

  test('stands under its name only when it is whole, and the owner alone may read it', async () => {
    const report = createRejectionReport(place());
    await report.add([fault(2)]);
    expect((await files()).map((name) => path.basename(name))).toEqual(['one.csv.part']);
    expect(await report.close()).toBe(place());
    expect((await files()).map((name) => path.basename(name))).toEqual(['one.csv']);
    expect((await stat(place())).mode & 0o777).toBe(0o600);
  });

  test('of an import that is refused goes, and leaves the one of an earlier import', async () => {
    const earlier = createRejectionReport(place());
    await earlier.add([fault(2)]);
    await earlier.close();
    const before = await readFile(place(), 'utf8');
    const report = createRejectionReport(place());
    await report.add([fault(99)]);
    await report.remove();
    expect(await files()).toEqual([path.join('reports', 'one.csv')]);
    expect(await readFile(place(), 'utf8')).toBe(before);
  });

  test('counts rows and not faults, and keeps the first twenty faults', async () => {
    const report = createRejectionReport(place());
    await report.add([fault(2), fault(2, { column: 'email', reason: 'bad_email' }), fault(3)]);
    for (let row = 4; row < 40; row++) await report.add([fault(row)]);
    await report.close();
    expect([report.rejectedRows, report.first.length]).toEqual([38, 20]);
    expect(report.first[1]).toEqual({ row: 2, column: 'email', reason: 'bad_email' });
  });

  test('is a CSV that spreadsheets read as UTF-8, with every fault in order and in both languages', async () => {
    const faults = Array.from({ length: 5_000 }, (_, index) =>
      fault(index + 2, { reason: ALL[index % ALL.length] ?? 'empty', otherRow: 7 }),
    );
    const report = createRejectionReport(place());
    for (let at = 0; at < faults.length; at += 700) await report.add(faults.slice(at, at + 700));
    await report.close();
    const text = await readFile(place(), 'utf8');
    expect(text.startsWith('\uFEFFrow,column,reason,text_vi,text_en\n')).toBe(true);
    const rows: Record<string, string>[] = parse(text, { bom: true, columns: true });
    const expected = faults.map((one) => ({
      row: String(one.row),
      column: one.column,
      reason: one.reason,
      text_vi: rejectionText(one, 'vi'),
      text_en: rejectionText(one, 'en'),
    }));
    expect(rows).toEqual(expected);
  });

  test('that cannot be written says so before a row is counted as told', async () => {
    await writeFile(path.join(folder, 'reports'), 'a file where the folder should be');
    const report = createRejectionReport(place());
    await expect(report.add([fault(2)])).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(report.rejectedRows).toBe(0);
  });
});

describe('a reason', () => {
  test.each(ALL)('%s is told in two languages, as a sentence, with Vietnamese marks in the one and none in the other', (reason) => {
    const { vi, en } = REJECTION_REASONS[reason];
    expect(vi).toMatch(/^[A-ZĐ].*[ạảấầẩẫậắằẳẵặẹẻẽềếểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹăâđêôơưàáãèéìíòóõùúýĩũ].*\.$/);
    // A code stands in both; its letters have no marks.
    expect(en).toMatch(/^[A-Z][\x20-\x7e]*\.$/);
  });

  test('names the line that came first, and no brace is left where there is none', () => {
    expect(rejectionText({ reason: 'duplicate', otherRow: 12 }, 'vi')).toBe('Mã đoàn viên đã có ở dòng 12.');
    expect(rejectionText({ reason: 'duplicate', otherRow: 12 }, 'en')).toBe('The member code is already in line 12.');
    for (const reason of ALL)
      for (const language of ['vi', 'en'] as const) expect(rejectionText({ reason }, language)).not.toMatch(/[{}]|undefined/);
  });

  test.each<[string, boolean]>([
    ['bad_phone', true],
    ['duplicate', true],
    ['Bad_phone', false],
    ['toString', false],
    ['__proto__', false],
    ['', false],
  ])('%j is one: %s', (text, expected) => {
    expect(isRejectionReason(text)).toBe(expected);
    const known: readonly RejectionReason[] = ALL;
    expect(known.some((one) => one === text)).toBe(expected);
  });
});
