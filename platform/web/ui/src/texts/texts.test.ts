import { expect, it } from 'vitest';
import { en } from './en.ts';
import { vi } from './vi.ts';

const keysOf = (tree: object, prefix = ''): string[] =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value, `${prefix}${key}.`)));

it('both languages say the same things', () => {
  expect(keysOf(en)).toEqual(keysOf(vi));
});
