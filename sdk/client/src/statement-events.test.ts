// What exported events ask of a statement, and what a period and a chain are held to; whole statements are in `verify-statement.test.ts`.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIRST_MIDNIGHT, writeStatements } from '../testing/write-statement.ts';
import { checkFirst, checkPeriod } from './statement-chain.ts';
import { createReport } from './statement-differences.ts';
import { expectedLines, readEvents } from './statement-events.ts';
import { vatColumns } from './statement-totals.ts';

const id = (last: string) => `01936b5e-7c00-7000-8000-00000000000${last}`;
const subject = { redemptionId: id('1'), offerId: id('2') };
const charge = { grossMinor: 100_000, commissionMinor: 10_000, feeMinor: 2_000, vatMinor: 960 };
const event = (type: string, data: object, eventId = id('a')) => ({
  ...{ id: eventId, type, occurredAt: '2026-11-05T09:00:00+07:00' },
  data: { ...subject, ...data },
});
const redeemed = (change: object = {}) => event('redemption.redeemed.v1', { ...charge, vatBasisPoints: 800, ...change });
const reversed = event('redemption.reversed.v1', { reason: 'x' }, id('c'));
const partly = (partBasisPoints: number, reversedBasisPoints: number, more: object = {}) =>
  event('redemption.partly_reversed.v1', { ...{ feeMinor: 0, vatMinor: 0, partBasisPoints, reversedBasisPoints }, ...more }, id('b'));

function expected(...events: readonly unknown[]) {
  const report = createReport();
  const lines = expectedLines(readEvents(events, report), report);
  return { lines: [...lines.values()], codes: report.differences.map(({ code, field }) => `${code} ${field}`) };
}

describe('an export', () => {
  test.each([[undefined], [null], [{}], ['[]'], [7]])('that is no list (%j) is told as one finding', (given) => {
    const report = createReport();
    expect(readEvents(given, report)).toEqual([]);
    expect(report.differences).toMatchObject([{ code: 'unreadable', field: 'events', computed: 'array' }]);
  });

  test('is read past what cannot be read, which is told by its place', () => {
    const { lines, codes } = expected(null, redeemed(), { id: 'x' }, event('redemption.redeemed.v1', {}, id('d')));
    expect(lines).toHaveLength(1);
    expect(codes).toEqual(['unreadable events[0]', 'unreadable events[2]', 'unreadable events[3]']);
  });

  test('may hold events of any other type, also of one to come, which ask for no line', () => {
    const others = ['redemption.fulfilled.v1', 'offer.published.v1', 'redemption.redeemed.v2', 'constructor'];
    expect(expected(...others.map((type) => event(type, {})))).toEqual({ lines: [], codes: [] });
  });

  test('in which an event stands twice asks for one line; the first spelling counts', () => {
    const { lines } = expected(redeemed(), redeemed({ feeMinor: 9 }));
    expect(lines.map((line) => line.charge?.fee)).toEqual([2_000n]);
  });

  test.each([
    ['a fraction', { feeMinor: 0.5 }],
    ['less than nothing', { vatMinor: -1 }],
    ['text', { feeMinor: '2000' }],
    ['a rate past the whole', { vatBasisPoints: 10_001 }],
    ['no fee', { feeMinor: undefined }],
  ])('does not ask for money out of %s', (_what, change) => {
    expect(expected(redeemed(change))).toMatchObject({ lines: [], codes: ['unreadable events[0]'] });
  });
});

describe('an event asks for', () => {
  test('what it says, with nothing for what a free offer does not have', () => {
    expect(expected(redeemed()).lines).toMatchObject([
      { kind: 'redeemed', charge: { gross: 100_000n, commission: 10_000n, fee: 2_000n, vat: 960n } },
    ]);
    const free = redeemed({ grossMinor: undefined, commissionMinor: undefined });
    expect(expected(free).lines).toMatchObject([{ charge: { gross: 0n, commission: 0n, fee: 2_000n, vat: 960n }, vatBasisPoints: 800 }]);
  });

  test('its part of the charge given back, by the redemption and not by its own word', () => {
    const right = { grossMinor: 25_000, commissionMinor: 2_500, feeMinor: 500, vatMinor: 240 };
    const { lines, codes } = expected(redeemed(), partly(2_500, 2_500, right));
    expect(lines[1]).toMatchObject({ kind: 'partly_reversed', charge: { gross: -25_000n, commission: -2_500n, fee: -500n, vat: -240n } });
    expect(codes).toEqual([]);
    const wrong = expected(redeemed(), partly(2_500, 2_500, { ...right, feeMinor: 501 }));
    expect([wrong.codes, wrong.lines[1]?.charge?.fee]).toEqual([['event fee'], -500n]);
  });

  test('the rest, after the parts that were taken back, whatever the order of the export', () => {
    const right = { grossMinor: 25_000, commissionMinor: 2_500, feeMinor: 500, vatMinor: 240 };
    const all = [redeemed(), partly(2_500, 2_500, right), reversed];
    for (const order of [all, all.toReversed()]) {
      const rest = expected(...order).lines.find(({ kind }) => kind === 'reversed');
      expect(rest).toMatchObject({
        reversedBasisPoints: 10_000,
        charge: { gross: -75_000n, commission: -7_500n, fee: -1_500n, vat: -720n },
      });
    }
  });

  test('what nobody can compute where the charge is older than the export', () => {
    const { lines, codes } = expected(partly(5_000, 5_000, { feeMinor: 7 }), reversed);
    expect(lines).toMatchObject([
      { kind: 'partly_reversed', charge: { fee: -7n }, vatBasisPoints: null },
      { kind: 'reversed', charge: null, vatBasisPoints: null },
    ]);
    expect(codes).toEqual([]);
  });
});

describe('a period', () => {
  const check = (change: object) => {
    const report = createReport();
    const november = { from: '2026-11-01', until: '2026-12-01', timeZone: 'Asia/Ho_Chi_Minh' };
    checkPeriod({ ...november, startsAt: '2026-10-31T17:00:00Z', endsAt: '2026-11-30T17:00:00Z', ...change }, report);
    return report.differences.map(({ field }) => field);
  };

  test('is the same however its instants are spelled', () => {
    expect(check({ startsAt: '2026-11-01T00:00:00+07:00', endsAt: '2026-11-30T12:00:00.000-05:00' })).toEqual([]);
  });

  test('begins at the zone’s midnight on both sides of a change of its clocks', () => {
    const newYork = { timeZone: 'America/New_York', startsAt: '2026-11-01T04:00:00Z' };
    expect(check({ ...newYork, endsAt: '2026-12-01T05:00:00Z' })).toEqual([]);
    expect(check({ ...newYork, endsAt: '2026-12-01T04:00:00Z' })).toEqual(['period.endsAt']);
  });

  test('is found wrong to the millisecond, and where it does not end after it begins', () => {
    expect(check({ startsAt: '2026-10-31T17:00:00.001Z' })).toEqual(['period.startsAt']);
    expect(check({ until: '2026-11-01', endsAt: '2026-10-31T17:00:00Z' })).toEqual(['period.until']);
  });
});

test('the first statement has none before it and opens at nothing; every later one names one', () => {
  const [first, second] = writeStatements([], 2).statements;
  if (!first || !second) throw new Error('there are two');
  const fieldsOf = (statement: typeof first) => {
    const report = createReport();
    checkFirst(statement, report);
    return report.differences.map(({ field, computed }) => `${field} ${computed}`);
  };
  expect([fieldsOf(first), fieldsOf(second)]).toEqual([[], []]);
  expect(fieldsOf({ ...first, opening: '1' })).toEqual(['opening 0']);
  expect(fieldsOf({ ...first, previous: second.previous })).toEqual(['previous null']);
  expect(fieldsOf({ ...second, previous: null })).toEqual(['previous № 1']);
});

test('VAT columns are one for each rate that is charged, lowest first, and hold every line’s tax exactly once', () => {
  const deed = fc.record({
    ...{ at: fc.integer({ min: FIRST_MIDNIGHT, max: FIRST_MIDNIGHT + 86_400_000 }), gross: fc.integer({ min: 0, max: 10_000_000 }) },
    ...{ commissionBasisPoints: fc.integer({ min: 0, max: 10_000 }), fee: fc.integer({ min: 0, max: 5_000 }) },
    ...{
      vatBasisPoints: fc.constantFrom(0, 500, 800, 1_000),
      parts: fc.constant([]),
      fate: fc.constantFrom('kept' as const, 'reversed' as const),
    },
    pauseMs: fc.constant(1),
  });
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 8 }), (deeds) => {
      const lines = writeStatements(deeds, 1).statements[0]?.lines ?? [];
      const columns = vatColumns(lines);
      expect([...columns.keys()]).toEqual([...columns.keys()].toSorted((a, b) => a - b));
      const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
      expect(sum([...columns.values()].map(({ vat }) => vat))).toBe(sum(lines.map(({ vat }) => BigInt(vat))));
      const bases = lines.map(({ commission, fee }) => BigInt(commission) + BigInt(fee));
      expect(sum([...columns.values()].map(({ base }) => base))).toBe(sum(bases));
    }),
  );
});
