import { expect, test } from 'vitest';
import { MutantNoLongerApplies, replaceOnce } from './break-database.ts';

test('a change that meets one place is made, with its text as it stands', () => {
  expect(replaceOnce('SET a = a - 1 WHERE b', { from: 'a - 1', to: '$1' }, 'f')).toBe('SET a = $1 WHERE b');
  expect(replaceOnce('x = 12', { from: /x = \d+/, to: 'x = 0' }, 'f')).toBe('x = 0');
});

test.each([
  ['no place', 'SET a = 1'],
  ['two places', 'a - 1, a - 1'],
])('a change that meets %s is no mutant', (_name, text) => {
  expect(() => replaceOnce(text, { from: 'a - 1', to: '' }, 'f')).toThrow(MutantNoLongerApplies);
});
