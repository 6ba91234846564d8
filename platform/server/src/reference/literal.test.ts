import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from './json.ts';
import { json, literal } from './literal.ts';

const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom("it's", 'a\\b', 'hai\ndòng', '"', '\\', "\\'", 'Đoàn viên', 'x'.repeat(120)),
);
const { value } = fc.letrec<{ value: Json; list: Json; record: Json }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('record')),
  list: fc.array(tie('value'), { maxLength: 5 }),
  // `__proto__` written in a literal is no field.
  record: fc.dictionary(
    text.filter((name) => name !== '__proto__'),
    tie('value'),
    { maxKeys: 5 },
  ),
}));
/** As plain data: what another context made has another prototype. */
const plain = (made: unknown): unknown => JSON.parse(JSON.stringify(made));

test('what is written as JSON is read as the same value', () => {
  fc.assert(
    fc.property(value, (given) => {
      expect(JSON.parse(json(given))).toEqual(given);
    }),
  );
});

test('what is written as TypeScript is the same value when it is run', () => {
  fc.assert(
    fc.property(value, (given) => {
      // A carriage return within quotes ends a line of source; no sample has one.
      fc.pre(!JSON.stringify(given).includes('\\r'));
      expect(plain(runInNewContext(`(${literal(given)})`))).toEqual(plain(given));
    }),
  );
});

test('no value takes more than 110 signs of a line where it could be taken apart', () => {
  const short = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.integer(), fc.stringMatching(/^[a-z]{0,20}$/)), {
    maxKeys: 20,
  });
  // The name before a value and the comma behind it are not counted.
  const valueOn = (line: string) => line.replace(/^(\s*)"?\w+"?: /, '$1').replace(/,$/, '');
  fc.assert(
    fc.property(fc.array(short, { maxLength: 4 }), (given) => {
      for (const written of [json(given), literal(given)])
        for (const line of written.split('\n')) expect(valueOn(line).length).toBeLessThanOrEqual(110);
    }),
  );
});

test.each<[Json, string]>([
  [9_999, '9999'],
  [10_000, '10_000'],
  [25_000_000, '25_000_000'],
  [-20_000, '-20000'],
  [{ 'redemption.redeemed.v1': 1, plain: 2, _a1: 3, '1a': 4 }, `{ 'redemption.redeemed.v1': 1, plain: 2, _a1: 3, '1a': 4 }`],
  [[], '[]'],
  [{}, '{}'],
  [[[], {}], '[[], {}]'],
])('%j is written %s', (given, expected) => {
  expect(literal(given)).toBe(expected);
});
