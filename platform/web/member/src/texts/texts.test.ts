import { expect, it } from 'vitest';
import { en } from './en.ts';
import { vi } from './vi.ts';

type Tree = { readonly [key: string]: string | Tree };

/** Dotted keys with the values' placeholders; a plural counts as one key. */
function shapeOf(tree: Tree, prefix = ''): Record<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    const path = `${prefix}${key.replace(/_(one|other)$/, '')}`;
    if (typeof value !== 'string') return Object.entries(shapeOf(value, `${path}.`));
    const names = [...value.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).filter((name) => name !== 'count');
    return [[path, names.sort().join(',')]];
  });
  return Object.fromEntries(entries);
}

it('both languages have the same texts with the same values in them', () => {
  expect(shapeOf(en)).toEqual(shapeOf(vi));
});
