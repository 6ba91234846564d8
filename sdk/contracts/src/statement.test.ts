// The format of a statement by itself: what stands in a file is covered by its hash, so nothing else may stand in it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  MinorText,
  Sha256Text,
  Statement,
  StatementCommission,
  StatementHeader,
  StatementInclusion,
  StatementLine,
  StatementLineKind,
  StatementPeriod,
} from './statement.ts';

const takes = (schema: z.ZodType) => (value: unknown) => schema.safeParse(value).success;
const ID = '01936b5e-7c00-7000-8000-000000000001';
const digest = `sha256:${'a'.repeat(64)}`;
const line = {
  ...{ number: 1, kind: 'redeemed', at: '2026-11-05T02:00:00Z', eventId: ID, redemptionId: ID, offerId: ID },
  ...{ gross: '0', commission: '0', fee: '2000', vat: '160', vatBasisPoints: 800, other: '0', net: '-2160' },
  ...{ commissionTerms: null, reversedBasisPoints: null, note: '' },
};
const totals = { gross: '0', commission: '0', fee: '2000', vat: '160', other: '0', net: '-2160' };
const header = {
  ...{ format: 'chung-statement-v1', id: ID, number: 1, partner: { id: ID, legalName: 'Công ty TNHH Quà Việt' }, currency: 'VND' },
  period: {
    ...{ from: '2026-11-01', until: '2026-12-01', timeZone: 'Asia/Ho_Chi_Minh' },
    ...{ startsAt: '2026-10-31T17:00:00Z', endsAt: '2026-11-30T17:00:00Z' },
  },
  ...{ issuedAt: '2026-12-01T01:00:00Z', previous: null, opening: '0', totals, closing: '-2160', lineCount: 1, root: digest, hash: digest },
  vat: [{ vatBasisPoints: 800, base: '2000', vat: '160' }],
};

describe('an amount', () => {
  test('has one spelling for each number, and only that is read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n) + 1n, max: 10n ** 30n - 1n }), (amount) => {
        expect(MinorText.parse(String(amount))).toBe(String(amount));
        for (const other of [`+${amount}`, `0${amount}`, `${amount}.0`, ` ${amount}`, `${amount}\n`, `${amount}n`])
          expect([other, takes(MinorText)(other)]).toEqual([other, false]);
      }),
    );
  });

  test.each(['', '-', '-0', '00', '-01', '1e3', '1,000', '1 000', '١', '0x1f', `1${'0'.repeat(30)}`, 0, 5n, null])('is not %s', (amount) =>
    expect(takes(MinorText)(amount)).toBe(false),
  );

  test('of a rate’s base or bounds is never below zero', () => {
    const terms = { contractVersion: 1, base: '100', basisPoints: 1_000, least: null, most: null };
    expect(takes(StatementCommission)(terms)).toBe(true);
    for (const field of ['base', 'least', 'most'] as const) {
      expect(takes(StatementCommission)({ ...terms, [field]: '0' })).toBe(true);
      expect(takes(StatementCommission)({ ...terms, [field]: '-1' })).toBe(false);
    }
    expect([0, 1].map((contractVersion) => takes(StatementCommission)({ ...terms, contractVersion }))).toEqual([false, true]);
  });
});

test('a digest says what made it and has 64 digits in small letters', () => {
  expect(takes(Sha256Text)(digest)).toBe(true);
  const others = [digest.toUpperCase(), 'a'.repeat(64), `sha512:${'a'.repeat(64)}`, `${digest}a`, digest.slice(0, -1), `${digest}\n`];
  expect(others.filter(takes(Sha256Text))).toEqual([]);
});

describe('a line', () => {
  const taken = (change: object) => takes(StatementLine)({ ...line, ...change });

  test('has every one of its fields, where there is nothing to say too, and no other', () => {
    expect(taken({})).toBe(true);
    for (const name of Object.keys(line)) {
      const { [name]: _, ...rest } = { ...line } as Record<string, unknown>;
      expect([name, takes(StatementLine)(rest)]).toEqual([name, false]);
    }
    expect(taken({ member: 'Nguyễn Bảo An' })).toBe(false);
  });

  test('counts from one, is of a kind that there is, and says no more than a note’s length', () => {
    expect([0, 1, 1.5].map((number) => taken({ number }))).toEqual([false, true, false]);
    for (const kind of StatementLineKind.options) expect(taken({ kind })).toBe(true);
    expect(taken({ kind: 'refund' })).toBe(false);
    expect([500, 501].map((length) => taken({ note: 'ễ'.repeat(length) }))).toEqual([true, false]);
  });

  test('has rates from nothing to the whole', () => {
    for (const field of ['vatBasisPoints', 'reversedBasisPoints'])
      expect([-1, 0, 10_000, 10_001, 0.5].map((rate) => taken({ [field]: rate }))).toEqual([false, true, true, false, false]);
    expect([taken({ reversedBasisPoints: null }), taken({ vatBasisPoints: null })]).toEqual([true, false]);
  });
});

describe('a statement', () => {
  const taken = (change: object) => takes(Statement)({ ...header, lines: [line], ...change });

  test('has every one of its fields and no other', () => {
    expect(taken({})).toBe(true);
    for (const name of Object.keys(header)) {
      const { [name]: _, ...rest } = { ...header, lines: [line] } as Record<string, unknown>;
      expect([name, takes(Statement)(rest)]).toEqual([name, false]);
    }
    expect([
      taken({ signature: 'x' }),
      taken({ totals: { ...totals, tax: '0' } }),
      taken({ partner: { ...header.partner, slug: 'x' } }),
    ]).toEqual([false, false, false]);
  });

  test('of another format is not read as if it were of this one', () => {
    expect([taken({ format: 'chung-statement-v2' }), taken({ currency: 'USD' })]).toEqual([false, false]);
  });

  test('names the one before it by id and hash, both or neither', () => {
    expect(taken({ previous: { id: ID, hash: digest } })).toBe(true);
    expect([{ id: ID }, { hash: digest }, { id: ID, hash: digest, number: 1 }].map((previous) => taken({ previous }))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('may have no lines at all, and up to twenty rates of VAT', () => {
    expect(taken({ lines: [], lineCount: 0, vat: [] })).toBe(true);
    const rates = (count: number) => Array.from({ length: count }, (_, rate) => ({ vatBasisPoints: rate, base: '0', vat: '0' }));
    expect([taken({ vat: rates(20) }), taken({ vat: rates(21) })]).toEqual([true, false]);
  });

  test('without its lines is a header, which is no statement', () => {
    expect([takes(StatementHeader)(header), takes(Statement)(header), takes(StatementHeader)({ ...header, lines: [] })]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('is of days that the calendar has, in a zone that has a name', () => {
    const period = (change: object) => takes(StatementPeriod)({ ...header.period, ...change });
    expect([
      period({ from: '2028-02-29' }),
      period({ from: '2026-02-29' }),
      period({ from: '2026-11-1' }),
      period({ until: '2026-13-01' }),
    ]).toEqual([true, false, false, false]);
    expect([period({ timeZone: '' }), period({ startsAt: '2026-10-31T17:00:00' }), period({ timeZone: 'x'.repeat(65) })]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

test('a proof has a header, a line and a way of 64 digests at most, without the other lines', () => {
  const proof = { header, line, path: [] };
  const path = (length: number) => Array.from({ length }, () => digest);
  expect([proof, { ...proof, path: path(64) }].map(takes(StatementInclusion))).toEqual([true, true]);
  expect(
    [
      { ...proof, path: path(65) },
      { ...proof, path: ['a'] },
      { ...proof, lines: [line] },
    ].map(takes(StatementInclusion)),
  ).toEqual([false, false, false]);
});
