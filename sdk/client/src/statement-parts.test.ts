// The parts that statements stand on: one spelling, one rounding, one tree; and what each kind of line may carry.
import { createHash } from 'node:crypto';
import type { StatementLine } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partOf } from '../../../platform/server/src/kernel/money.ts';
import { bookLine, FIRST_MIDNIGHT, seal, writeStatements } from '../testing/write-statement.ts';
import { canonicalJson, verifyStatement } from './statement.ts';
import { digestText, sha256, utf8 } from './statement-canonical.ts';
import { leafHash, merkleLevels, merklePath, rootFromPath } from './statement-merkle.ts';
import { partOfMinor, takenBack } from './statement-money.ts';

describe('canonical JSON', () => {
  test('orders keys by their UTF-16 code units and writes strings as RFC 8785 §3.2.2 and §3.2.3 show', () => {
    const given = {
      '\u20ac': 'Euro',
      '\r': 'CR',
      '\ufb33': 'Dalet',
      '1': 'One',
      '\ud83d\ude00': 'Smile',
      '\u0080': 'Control',
      '\u00f6': 'o',
    };
    const order = ['CR', 'One', 'Control', 'o', 'Euro', 'Smile', 'Dalet'];
    expect([...canonicalJson(given).matchAll(/:"(\w+)"/g)].map(([, word]) => word)).toEqual(order);
    expect(canonicalJson({ b: [true, null, -7], a: '\u20ac$\u000f\nA\'B"\\"/' })).toBe(
      '{"a":"€$\\u000f\\nA\'B\\"\\\\\\"/","b":[true,null,-7]}',
    );
  });

  test('reads back as the same value, and does not depend on the order in which fields were set', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'grapheme' }),
        fc.maxSafeInteger().filter((number) => !Object.is(number, -0)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any')),
        fc.dictionary(fc.string(), tie('any'), { noNullPrototype: true }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (given) => {
        const text = canonicalJson(given);
        expect(JSON.parse(text)).toEqual(given);
        const turned =
          typeof given === 'object' && given !== null && !Array.isArray(given)
            ? Object.fromEntries(Object.entries(given).toReversed())
            : given;
        expect(canonicalJson(turned)).toBe(text);
      }),
    );
  });

  test.each([0.5, -0, Number.NaN, 2 ** 53, 10n, undefined, '\ud800', { '\udc00': 1 }, [Symbol('x')]])('refuses %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('rounding', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 30n });
  const rate = fc.integer({ min: 0, max: 10_000 });

  test('is the platform’s own', () => {
    fc.assert(fc.property(amount, rate, (of, basisPoints) => partOfMinor(of, basisPoints) === partOf(of, basisPoints)));
  });

  test('of what is given back adds up to the whole, in however many parts, and is the same below zero', () => {
    fc.assert(
      fc.property(amount, fc.uniqueArray(rate, { maxLength: 6 }), (of, cuts) => {
        const ends = [...cuts.toSorted((a, b) => a - b), 10_000];
        const parts = ends.map((after, index) => takenBack(of, { before: ends[index - 1] ?? 0, after }));
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(of);
        expect(parts.every((part) => part >= 0n)).toBe(true);
        expect(partOfMinor(-of, cuts[0] ?? 1)).toBe(-partOfMinor(of, cuts[0] ?? 1));
      }),
    );
  });
});

describe('the tree', () => {
  const hash = (...parts: (Uint8Array | string)[]) => parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest();
  /** RFC 9162 §2.1.1, word for word. */
  const rootOf = (leaves: readonly string[]): Buffer => {
    if (leaves.length === 0) return hash();
    if (leaves.length === 1) return hash(Uint8Array.of(0), leaves[0] ?? '');
    let half = 1;
    while (half * 2 < leaves.length) half *= 2;
    return hash(Uint8Array.of(1), rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
  };

  test('has the root of RFC 9162, and each leaf a path that leads to it from its own place and no other', async () => {
    for (let size = 0; size <= 33; size++) {
      const contents = Array.from({ length: size }, (_, index) => `lá ${index}`);
      const levels = await merkleLevels(await Promise.all(contents.map((content) => leafHash(utf8(content)))));
      const root = `sha256:${rootOf(contents).toString('hex')}`;
      expect(digestText(levels.at(-1)?.[0] ?? (await sha256(utf8('?'))))).toBe(root);
      for (const [index, content] of contents.entries()) {
        const path = merklePath(levels, index);
        const leaf = await leafHash(utf8(content));
        const from = async (place: { index?: number; size?: number; path?: typeof path }) => {
          const found = await rootFromPath(leaf, { index, size, path, ...place });
          return found && digestText(found);
        };
        expect(await from({})).toBe(root);
        expect(await from({ index: index + 1 })).not.toBe(root);
        expect(await from({ path: path.slice(1) })).not.toBe(size === 1 ? 'never' : root);
        expect(await from({ path: [...path, leaf] })).not.toBe(root);
        expect([await from({ index: -1 }), await from({ index: size })]).toEqual([null, null]);
      }
    }
  });
});

describe('a line of each kind', () => {
  const empty = writeStatements([], 1).statements[0];
  if (!empty) throw new Error('there is a statement');
  const withLines = (...lines: readonly Omit<StatementLine, 'number'>[]) =>
    verifyStatement({ statement: seal({ ...empty, lines: lines.map((line, index) => ({ number: index + 1, ...line })) }) });
  const base = bookLine('adjustment', FIRST_MIDNIGHT, 0n);
  const ids = {
    eventId: '01936b5e-7c00-7000-8000-000000000001',
    redemptionId: '01936b5e-7c00-7000-8000-000000000002',
    offerId: '01936b5e-7c00-7000-8000-000000000003',
  };
  const redeemed = { ...base, ...ids, kind: 'redeemed', note: '' } as Omit<StatementLine, 'number'>;
  const terms = { contractVersion: 3, base: '100000', basisPoints: 1_000, least: null, most: null };
  const found = async (line: Omit<StatementLine, 'number'>) =>
    (await withLines(line)).differences.map(({ field, computed }) => [field, computed]);

  test('a commission is held to its base, rate and bounds', async () => {
    const charged = (commission: string, changes: object = {}) => ({
      ...redeemed,
      commission,
      net: `-${commission}`,
      commissionTerms: { ...terms, ...changes },
    });
    expect(await found(charged('10000'))).toEqual([]);
    expect(await found(charged('12000', { least: '12000' }))).toEqual([]);
    expect(await found(charged('9000', { most: '9000' }))).toEqual([]);
    expect(await found(charged('10001'))).toEqual([['commission', '10000']]);
    expect(await found(charged('10000', { most: '9000' }))).toEqual([['commission', '9000']]);
    expect(await found({ ...redeemed, commission: '1', net: '-1' })).toEqual([['commission', '0']]);
  });

  test('VAT is half up of commission and fee together', async () => {
    const taxed = (vat: bigint) => ({ ...redeemed, fee: '2006', vat: String(vat), vatBasisPoints: 800, net: String(-2006n - vat) });
    expect(await found(taxed(160n))).toEqual([]);
    expect(await found(taxed(161n))).toEqual([['vat', '160']]);
  });

  test('a true-up gives commission and its VAT back, or takes more', async () => {
    const trueUp = (vat: string) => ({
      ...base,
      kind: 'true_up' as const,
      note: '',
      commission: '-5000',
      vat,
      vatBasisPoints: 1_000,
      net: String(5_000n - BigInt(vat)),
    });
    expect(await found(trueUp('-500'))).toEqual([]);
    expect(await found(trueUp('-499'))).toEqual([['vat', '-500']]);
  });

  test('an amount on the wrong side of zero, or where its kind has none, is found', async () => {
    expect(await found({ ...base, kind: 'payout', note: '', other: '5', net: '5' })).toEqual([['other', '≤ 0']]);
    expect(await found({ ...base, kind: 'payout_returned', note: '', other: '-5', net: '-5' })).toEqual([['other', '≥ 0']]);
    expect(await found({ ...base, kind: 'payout', note: '', fee: '5', net: '-5' })).toContainEqual(['fee', '0']);
    expect(await found({ ...redeemed, fee: '-5', net: '5' })).toContainEqual(['fee', '≥ 0']);
    expect(await found({ ...redeemed, kind: 'reversed', fee: '5', net: '-5', reversedBasisPoints: 10_000 })).toEqual([['fee', '≤ 0']]);
  });

  test('what a kind must name is missed, and what it cannot have is found', async () => {
    expect(await found({ ...redeemed, eventId: null })).toEqual([['eventId', 'set']]);
    expect(await found({ ...redeemed, offerId: null, redemptionId: null })).toEqual([
      ['redemptionId', 'set'],
      ['offerId', 'set'],
    ]);
    expect(await found({ ...base, eventId: redeemed.eventId })).toEqual([['eventId', 'null']]);
    expect(await found({ ...redeemed, kind: 'partly_reversed' })).toEqual([['reversedBasisPoints', 'set']]);
    expect(await found({ ...redeemed, kind: 'reversed', reversedBasisPoints: 9_999 })).toEqual([['reversedBasisPoints', '10000']]);
    expect(await found({ ...base, kind: 'cashback', note: '', redemptionId: redeemed.redemptionId })).toEqual([]);
    expect(await found({ ...base, kind: 'payout', note: '', commissionTerms: terms })).toEqual([['commissionTerms', 'null']]);
    expect(await found({ ...redeemed, note: 'x' })).toEqual([['note', 'empty']]);
  });
});
