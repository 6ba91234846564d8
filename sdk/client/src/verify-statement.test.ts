// Statements against a writer of their own kind (`testing/write-statement.ts`): what is right is verified, whatever is changed is found.
import type { Statement, StatementLine } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bookLine, type Deed, FIRST_MIDNIGHT, PERIOD_MS, seal, writeStatements } from '../testing/write-statement.ts';
import { differenceWords, verifyStatement } from './statement.ts';

const amount = fc.oneof(
  fc.integer({ min: 0, max: 200_000 }),
  fc.integer({ min: 0, max: 100_000_000_000 }),
  fc.constantFrom(0, 1, 99_999_999_999),
);
const deed: fc.Arbitrary<Deed> = fc.record({
  at: fc.integer({ min: FIRST_MIDNIGHT, max: FIRST_MIDNIGHT + 2 * PERIOD_MS }),
  gross: amount,
  commissionBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  fee: fc.integer({ min: 0, max: 50_000 }),
  vatBasisPoints: fc.constantFrom(0, 500, 800, 1_000),
  parts: fc.uniqueArray(fc.integer({ min: 1, max: 9_999 }), { maxLength: 3 }).map((parts) => parts.toSorted((a, b) => a - b)),
  fate: fc.constantFrom('kept', 'reversed'),
  pauseMs: fc.integer({ min: 1, max: PERIOD_MS / 8 }),
});
const deeds = fc.array(deed, { minLength: 1, maxLength: 8 });
const PERIODS = 3;

const payouts = [bookLine('payout', FIRST_MIDNIGHT + 5_000, -123_456_789n), bookLine('cashback', FIRST_MIDNIGHT + PERIOD_MS + 1, -5_000n)];
const world = (list: readonly Deed[]) => writeStatements(list, PERIODS, payouts);

function part<Item>(list: readonly Item[], index: number): Item {
  const found = list[index];
  if (found === undefined) throw new Error(`there is no ${index}`);
  return found;
}

describe('a statement as it was issued', () => {
  test('is verified with its events and the one before, in whatever order events are exported and however often they come', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (list) => {
        const { events, statements } = world(list);
        for (const [index, statement] of statements.entries()) {
          const previous = index === 0 ? {} : { previous: part(statements, index - 1) };
          const check = await verifyStatement({ statement, events: [...events.toReversed(), ...events], ...previous });
          expect(check.differences.map((difference) => differenceWords(difference).en)).toEqual([]);
          expect([check.verified, check.gaps]).toEqual([true, []]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is verified after a way through a file, and with none of it where nothing happened', async () => {
    const { statements } = writeStatements([], 2);
    for (const statement of statements)
      expect((await verifyStatement({ statement: JSON.parse(JSON.stringify(statement)), events: [] })).verified).toBe(true);
  });

  test('says what it cannot know from what it was given', async () => {
    const list: Deed[] = [
      {
        at: FIRST_MIDNIGHT,
        gross: 0,
        commissionBasisPoints: 0,
        fee: 2_000,
        vatBasisPoints: 800,
        parts: [],
        fate: 'reversed',
        pauseMs: PERIOD_MS + 5,
      },
    ];
    const { events, statements } = world(list);
    const second = part(statements, 1);
    const alone = await verifyStatement({ statement: second });
    expect([alone.verified, alone.gaps.map(({ code }) => code)]).toEqual([true, ['events_not_given', 'previous_not_given']]);
    // Exported from the period's beginning on: the charge itself is older.
    const late = await verifyStatement({ statement: second, events: events.slice(1), previous: part(statements, 0) });
    expect([late.verified, late.gaps]).toEqual([
      true,
      [{ code: 'charge_not_exported', line: 2, redemptionId: second.lines[1]?.redemptionId }],
    ]);
  });

  test('carries sums that no JSON number holds', async () => {
    const huge = 10n ** 29n;
    const { statements } = writeStatements([], 2, [
      bookLine('payout_returned', FIRST_MIDNIGHT, huge),
      bookLine('adjustment', FIRST_MIDNIGHT + 1, 1n),
      bookLine('payout', FIRST_MIDNIGHT + PERIOD_MS, -huge),
    ]);
    const [first, second] = [part(statements, 0), part(statements, 1)];
    expect([first.closing, second.closing]).toEqual([String(huge + 1n), '1']);
    expect((await verifyStatement({ statement: second, previous: first, events: [] })).verified).toBe(true);
    const off = { ...first, closing: String(huge) };
    const { differences } = await verifyStatement({ statement: off });
    expect(differences[0]).toMatchObject({ code: 'closing', field: 'closing', by: '-1' });
  });
});

/** The same with one line changed; sealed again, as by somebody who knows how. */
const withLine = (statement: Statement, index: number, change: (line: StatementLine) => StatementLine): Statement => ({
  ...statement,
  lines: statement.lines.map((line, place) => (place === index ? change(line) : line)),
});
const renumbered = (lines: readonly StatementLine[]) => lines.map((line, index) => ({ ...line, number: index + 1 }));
const plus = (text: string, more: bigint) => String(BigInt(text) + more);

describe('whatever is changed', () => {
  const FIELDS = ['gross', 'commission', 'fee', 'vat', 'other', 'net'] as const;

  test('one đồng on any line is found where it stands, also when everything that follows from it was written anew', async () => {
    const change = fc.record({ list: deeds, at: fc.nat(), field: fc.constantFrom(...FIELDS), more: fc.constantFrom(1n, -1n, 10n ** 20n) });
    await fc.assert(
      fc.asyncProperty(change, async ({ list, at, field, more }) => {
        const { events, statements } = world(list);
        const statement = statements.find(({ lines }) => lines.some(({ eventId }) => eventId !== null));
        if (!statement) return;
        const told = statement.lines.flatMap(({ eventId }, index) => (eventId === null ? [] : [index]));
        const index = part(told, at % told.length);
        const changed = withLine(statement, index, (line) => ({ ...line, [field]: plus(line[field], more) }));
        const consistent = withLine(changed, index, (line) => ({
          ...line,
          net: String(BigInt(line.gross) - BigInt(line.commission) - BigInt(line.fee) - BigInt(line.vat) + BigInt(line.other)),
        }));
        for (const forged of [changed, seal(changed), ...(field === 'net' ? [] : [seal(consistent)])]) {
          const { verified, differences } = await verifyStatement({ statement: forged, events });
          expect(verified).toBe(false);
          expect(differences).toContainEqual(
            expect.objectContaining({ line: index + 1, field: expect.stringMatching(field === 'net' ? /net/ : new RegExp(`^${field}$`)) }),
          );
        }
      }),
      { numRuns: 80 },
    );
  });

  test('one đồng in any sum is found by name and by how much', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, fc.constantFrom(1n, -1n), async (list, more) => {
        const statement = part(world(list).statements, 0);
        const forged: readonly (readonly [string, Statement])[] = [
          ...FIELDS.map(
            (field) =>
              [`totals.${field}`, { ...statement, totals: { ...statement.totals, [field]: plus(statement.totals[field], more) } }] as const,
          ),
          ['closing', { ...statement, closing: plus(statement.closing, more) }],
          ...statement.vat.map(
            (column, index) =>
              [
                `vat[${column.vatBasisPoints}].vat`,
                { ...statement, vat: statement.vat.with(index, { ...column, vat: plus(column.vat, more) }) },
              ] as const,
          ),
        ];
        for (const [field, one] of forged) {
          const { differences } = await verifyStatement({ statement: one });
          expect(differences).toContainEqual(expect.objectContaining({ field, by: String(more) }));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a line that is dropped, added, repeated or swapped is found, also when all is written anew around it', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, fc.nat(), async (list, at) => {
        const { events, statements } = world(list);
        const statement = statements.find(({ lines }) => lines.filter(({ eventId }) => eventId !== null).length > 1);
        if (!statement) return;
        const { lines } = statement;
        const told = lines.flatMap(({ eventId }, index) => (eventId === null ? [] : [index]));
        const [one, two] = [part(told, at % told.length), part(told, (at + 1) % told.length)];
        const [here, there] = [part(lines, one), part(lines, two)];
        const without = lines.filter((_, index) => index !== one);
        const strange = { ...here, eventId: here.eventId?.replace(/.$/, (last) => (last === '0' ? '1' : '0')) ?? null };
        const cases: readonly (readonly [string, readonly StatementLine[]])[] = [
          ['line_missing', without],
          ['line_repeated', [...lines, here]],
          ['line_unknown', [...lines, strange as StatementLine]],
        ];
        for (const [code, forged] of cases) {
          const sealed = seal({ ...statement, lines: renumbered(forged) });
          const { differences } = await verifyStatement({ statement: sealed, events });
          expect(differences.map((difference) => difference.code)).toContain(code);
          expect(
            (await verifyStatement({ statement: { ...statement, lines: renumbered(forged) } })).differences.map(({ code: found }) => found),
          ).toContain('root');
        }
        const swapped = lines.with(one, { ...there, number: one + 1 }).with(two, { ...here, number: two + 1 });
        expect((await verifyStatement({ statement: { ...statement, lines: swapped } })).differences.map(({ code }) => code)).toEqual([
          'root',
        ]);
        expect(
          (await verifyStatement({ statement: { ...statement, lines: lines.with(one, there).with(two, here) } })).differences.map(
            ({ code }) => code,
          ),
        ).toContain('line_misplaced');
      }),
      { numRuns: 50 },
    );
  });

  test('an event that says something else than its redemption was charged is found as the event’s own', async () => {
    const list: Deed[] = [
      {
        at: FIRST_MIDNIGHT,
        gross: 100_000,
        commissionBasisPoints: 1_000,
        fee: 0,
        vatBasisPoints: 800,
        parts: [3_333],
        fate: 'kept',
        pauseMs: 1,
      },
    ];
    const { events, statements } = world(list);
    const [charge, back] = [part(events, 0), part(events, 1)];
    const forged = { ...back, data: { ...(back['data'] as object), vatMinor: 268 } };
    const { differences } = await verifyStatement({ statement: part(statements, 0), events: [charge, forged] });
    expect(differences).toEqual([
      expect.objectContaining({ code: 'event', field: 'vat', stated: '-268', computed: '-267', by: '-1', eventId: back['id'] }),
    ]);
  });

  test('any one byte of the file is found', async () => {
    const { events, statements } = world([
      {
        at: FIRST_MIDNIGHT,
        gross: 100_000,
        commissionBasisPoints: 1_000,
        fee: 2_000,
        vatBasisPoints: 800,
        parts: [5_000],
        fate: 'reversed',
        pauseMs: 9,
      },
    ]);
    const text = JSON.stringify(part(statements, 0));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: text.length - 1 }), fc.constantFrom(...'0179afz"-:'), async (at, letter) => {
        const changed = text.slice(0, at) + letter + text.slice(at + 1);
        if (changed === text) return;
        let given: unknown;
        try {
          given = JSON.parse(changed);
        } catch {
          return;
        }
        expect((await verifyStatement({ statement: given, events })).verified).toBe(false);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the chain', () => {
  const { events, statements } = world([
    {
      at: FIRST_MIDNIGHT + 7,
      gross: 70_000,
      commissionBasisPoints: 1_500,
      fee: 0,
      vatBasisPoints: 1_000,
      parts: [2_000],
      fate: 'reversed',
      pauseMs: PERIOD_MS / 2,
    },
  ]);
  const [first, second, third] = [part(statements, 0), part(statements, 1), part(statements, 2)];

  test.each([
    ['a statement is left out', third, first, ['previous.hash', 'number', 'period.from']],
    ['it is checked against itself', second, second, ['number', 'period.from']],
    ['the balance is another', seal({ ...second, opening: plus(second.opening, 1n) }), first, ['opening']],
    ['it is another partner’s', seal({ ...second, partner: { ...second.partner, id: second.id } }), first, ['partner.id']],
  ])('is broken where %s', async (_name, statement, previous, fields) => {
    const { differences } = await verifyStatement({ statement, previous, events });
    const chain = differences.filter(({ code }) => code === 'chain').map(({ field }) => field);
    expect(chain).toEqual(expect.arrayContaining(fields));
  });

  test('does not take a statement before it that was changed, nor a first one that is none', async () => {
    const changed = { ...first, closing: plus(first.closing, 1n) };
    const { differences } = await verifyStatement({ statement: second, previous: changed, events });
    expect(differences.map(({ field }) => field)).toEqual(expect.arrayContaining(['previous: hash', 'opening']));
    const orphan = await verifyStatement({ statement: seal({ ...second, previous: null }), events });
    expect(orphan.differences).toContainEqual(expect.objectContaining({ code: 'chain', field: 'previous' }));
  });
});

describe('the period', () => {
  const statement = part(writeStatements([], 1).statements, 0);
  test.each([
    [{ startsAt: '2026-10-31T00:00:00.000Z' }, 'period.startsAt'],
    [{ endsAt: '2026-11-30T17:00:00.001Z' }, 'period.endsAt'],
    [{ timeZone: 'UTC' }, 'period.startsAt'],
    [{ timeZone: 'Asia/Atlantis' }, 'period.timeZone'],
    [{ from: '2026-12-24' }, 'period.until'],
  ])('that is cut elsewhere than at the market’s midnight is found: %j', async (change, field) => {
    const sealed = seal({ ...statement, period: { ...statement.period, ...change } });
    const { differences } = await verifyStatement({ statement: sealed, events: [] });
    expect(differences).toContainEqual(expect.objectContaining({ code: 'period', field }));
  });

  test('is the same on a host set to any zone', async () => {
    const before = process.env['TZ'];
    try {
      for (const zone of ['UTC', 'Asia/Ho_Chi_Minh', 'America/Los_Angeles']) {
        process.env['TZ'] = zone;
        expect((await verifyStatement({ statement, events: [] })).verified).toBe(true);
      }
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });
});

describe('whatever is given', () => {
  test('never makes it fail, and is never verified unless it is a statement', async () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withSparseArray: true, withMap: true });
    await fc.assert(
      fc.asyncProperty(anything, anything, anything, async (statement, events, previous) => {
        const { verified, differences } = await verifyStatement({ statement, events, previous });
        expect([verified, differences[0]?.code]).toEqual([false, 'unreadable']);
      }),
      { numRuns: 300 },
    );
  });

  test('also a real one with any part replaced by anything', async () => {
    const { events, statements } = world([
      { at: FIRST_MIDNIGHT, gross: 9, commissionBasisPoints: 5_000, fee: 1, vatBasisPoints: 800, parts: [1], fate: 'reversed', pauseMs: 9 },
    ]);
    const whole: Record<string, unknown> = { ...part(statements, 0) };
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('\ud800', '-0', '1e3', '9'.repeat(40), -0, 0.5, 2 ** 60));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(whole)), odd, fc.nat(), async (field, value, at) => {
        const { lines } = part(statements, 0);
        const line = part(lines, at % lines.length);
        const key = part(Object.keys(line), at % Object.keys(line).length);
        for (const damaged of [
          { ...whole, [field]: value },
          { ...whole, lines: lines.with(line.number - 1, { ...line, [key]: value } as StatementLine) },
          { ...whole, [`${field}x`]: value },
        ]) {
          if (JSON.stringify(damaged) === JSON.stringify(whole)) continue;
          const check = await verifyStatement({ statement: damaged, events: [...events, value], previous: value });
          expect(check.verified).toBe(false);
          for (const difference of check.differences) expect(differenceWords(difference).vi).toMatch(/\S\.$/);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('differences beyond a thousand are counted and not listed', async () => {
    const { statements } = writeStatements([], 1);
    const line = { number: 1, ...bookLine('payout', FIRST_MIDNIGHT, -1n) };
    const many = { ...part(statements, 0), lines: Array.from({ length: 3_000 }, () => line) };
    const { differences, count } = await verifyStatement({ statement: many });
    expect([differences.length, count > 2_999]).toEqual([1_000, true]);
  });
});
