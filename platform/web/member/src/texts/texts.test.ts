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

/** Every text by its dotted key. */
function textsOf(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${prefix}${key}`, value]] : textsOf(value, `${prefix}${key}.`),
  );
}

const marked = /[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]/i;

it('no text is empty in either language', () => {
  expect([...textsOf(vi), ...textsOf(en)].filter(([, text]) => text.trim() === '')).toEqual([]);
});

it('the Vietnamese texts are written with their marks, the English ones without', () => {
  const unmarked = textsOf(vi).filter(([, text]) => !marked.test(text.replaceAll(/\{\{\w+\}\}/g, '')));
  expect(unmarked.map(([, text]) => text)).toEqual(['Email']);
  // The example of a search is Vietnamese in both: the offers are.
  expect(textsOf(en).filter(([key, text]) => key !== 'offers.searchHint' && marked.test(text))).toEqual([]);
});

it('an English text that counts has a form for one and a form for more', () => {
  const keys = textsOf(en).map(([key]) => key);
  for (const key of keys) if (key.endsWith('_one')) expect(keys).toContain(key.replace(/_one$/, '_other'));
});
