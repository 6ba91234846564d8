// What `chung statement verify` reads from files and tells a person: nothing that was found is lost, and nothing is longer than a screen bears.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StatementCheck } from '@chung/client/statement';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CliError } from './command.ts';
import { readEventsFile, readJsonFile } from './statement-files.ts';
import { toldCheck } from './statement-words.ts';

type Difference = StatementCheck['differences'][number];
type Gap = StatementCheck['gaps'][number];

const difference = (line: number): Difference => ({
  ...{ code: 'line', line, field: 'vat', stated: '101', computed: '100', by: '1', eventId: null, redemptionId: null },
});
const gap = (line: number): Gap => ({ code: 'charge_not_exported', line, redemptionId: `r-${line}` });
const list = <Item>(count: number, make: (line: number) => Item): readonly Item[] => Array.from({ length: count }, (_, n) => make(n + 1));

/** Of a check, what is told; no statement where the file could not be read. */
const check = (changes: Partial<StatementCheck> = {}): StatementCheck => ({
  ...{ verified: true, statement: null, differences: [], gaps: [], count: 0, events: null },
  ...changes,
});
const lines = (changes: Partial<StatementCheck>, language: 'vi' | 'en' = 'en') => toldCheck(check(changes), language).trimEnd().split('\n');

describe('the verdict', () => {
  test.each([
    [{}, 'It fits to the đồng, in itself.', 'Khớp từng đồng trong tệp.'],
    [{ events: 0 }, 'in itself and with 0 events.', 'và với 0 sự kiện.'],
    [{ events: 1 }, 'in itself and with 1 event.', 'và với 1 sự kiện.'],
    [{ events: 2, gaps: [gap(1)] }, 'with 2 events; what is named above is not known.', '; những điều nêu trên thì chưa biết.'],
    [{ count: 1, differences: [difference(1)] }, '1 difference.', '1 khác biệt.'],
    [{ count: 7, differences: [difference(1)], events: 9 }, '7 differences.', '7 khác biệt.'],
  ] as const)('of %j stands last', (changes, en, vi) => {
    expect(lines(changes).at(-1)).toMatch(new RegExp(`${en.replaceAll('.', '\\.')}$`));
    expect(lines(changes, 'vi').at(-1)?.endsWith(vi)).toBe(true);
  });
});

describe('many of them', () => {
  test.each([
    [50, 50, null],
    [51, 50, '… and 1 more.'],
    [1_000, 50, '… and 950 more.'],
  ])('of %i differences %i are shown, and it is said how many more there are', (count, shown, more) => {
    const told = lines({ differences: list(count, difference), count });
    expect(told.filter((line) => line.startsWith('Line '))).toHaveLength(shown);
    expect(told.filter((line) => line.startsWith('…'))).toEqual(more === null ? [] : [more]);
    expect(told.at(-1)).toBe(`${count} differences.`);
  });

  test('those that are only counted are among them', () => {
    const told = lines({ differences: list(1_000, difference), count: 250_000 }, 'vi');
    expect(told.slice(-2)).toEqual(['… và 249950 khác biệt nữa.', '250000 khác biệt.']);
  });

  test('gaps are told beside them, and counted by themselves', () => {
    const told = lines({ differences: list(51, difference), count: 51, gaps: list(53, gap) });
    expect(told.filter((line) => line.startsWith('…'))).toEqual(['… and 1 more.', '… and 3 more.']);
    expect(told).toHaveLength(50 + 1 + 50 + 1 + 1);
  });

  test('each line is one line in either language', () => {
    fc.assert(
      fc.property(fc.nat(120), fc.nat(120), fc.constantFrom('vi', 'en'), (differences, gaps, language) => {
        const changes = { differences: list(differences, difference), count: differences, gaps: list(gaps, gap) };
        const most = (count: number) => Math.min(count, 50) + (count > 50 ? 1 : 0);
        expect(lines(changes, language)).toHaveLength(most(differences) + most(gaps) + 1);
      }),
    );
  });
});

describe('files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'chung-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const read = async (text: string, how: (name: string, place: { cwd: string }) => unknown = readEventsFile) => {
    await writeFile(path.join(folder, 'file'), text);
    return how('file', { cwd: folder });
  };
  const refused = async (text: string, how?: (name: string, place: { cwd: string }) => unknown): Promise<CliError> => {
    const caught = await read(text, how).catch((error: unknown) => error);
    if (caught instanceof CliError) return caught;
    throw new Error(`it was read: ${JSON.stringify(caught)}`);
  };

  test('of events are the same events however they are written', async () => {
    const event = fc.record({ id: fc.uuid(), data: fc.dictionary(fc.string(), fc.jsonValue()) });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 2, maxLength: 5 }), fc.constantFrom('\n', '\r\n'), async (made, end) => {
        const events: unknown = JSON.parse(JSON.stringify(made));
        const rows = made.map((one) => JSON.stringify(one));
        const written = [
          rows.join(end),
          `${end}${rows.join(`${end}${end}`)}${end}`,
          `\uFEFF${rows.join(end)}`,
          JSON.stringify(events),
          JSON.stringify(events, null, '\t'),
          JSON.stringify({ items: events, nextCursor: 'a.b' }),
          JSON.stringify({ items: events, nextCursor: null }, null, 2),
        ];
        for (const text of written) expect(await read(text)).toEqual(events);
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['', []],
    ['  \n\n', []],
    ['{"id":"a"}', [{ id: 'a' }]],
    ['{\n"id": "a"\n}', [{ id: 'a' }]],
    ['[]', []],
    ['{"items":[]}', []],
  ])('%j holds the events %j', async (text, events) => {
    expect(await read(text)).toEqual(events);
  });

  test.each([
    ['{"id":"a"}\n{"id":\n', 'file:2 is no JSON: '],
    ['{"id":"a"}\n\n\nnothing\n', 'file:4 is no JSON: '],
    ['{"id":"a"}\n{"id":"b"} {"id":"c"}', 'file:2 is no JSON: '],
    ['[{"id":"a"},', 'file is no JSON: '],
    ['id,type\n1,2', 'file is no JSON: '],
  ])('%j is damaged, and says where', async (text, sentence) => {
    const { exitCode, text: said, next } = await refused(text);
    expect([exitCode, said.en, said.vi]).toEqual([1, expect.stringContaining(sentence), expect.stringContaining('không phải JSON')]);
    expect(next.vi).toContain('hãy tải lại');
  });

  test('that are damaged are not quoted at length', async () => {
    const { text } = await refused(`{"a": ${'x'.repeat(9_000)}}`, readJsonFile);
    expect(text.en.length).toBeLessThan(160);
    expect(text.en).not.toContain('\n');
  });

  test('begin with a mark of an editor or not', async () => {
    expect(await read('\uFEFF{"number":1}', readJsonFile)).toEqual({ number: 1 });
    expect((await refused('\uFEFF\uFEFF{}', readJsonFile)).exitCode).toBe(1);
  });

  test('are looked for from the folder of the command; a folder or nothing is wrongly asked', async () => {
    await writeFile(path.join(folder, 'file'), '7');
    expect(readJsonFile(path.join(folder, 'file'), { cwd: '/' })).toBe(7);
    for (const name of ['nowhere', '.', 'file/inside', ''])
      expect(() => readJsonFile(name, { cwd: folder })).toThrow(
        expect.objectContaining({ exitCode: 2, text: expect.objectContaining({ en: `The file ${name} cannot be read.` }) }),
      );
  });
});
