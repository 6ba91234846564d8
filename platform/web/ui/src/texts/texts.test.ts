import { expect, it } from 'vitest';
import { en } from './en.ts';
import { vi } from './vi.ts';

type Tree = { readonly [key: string]: string | Tree };

/** Every text by its dotted key. */
function textsOf(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${prefix}${key}`, value]] : textsOf(value, `${prefix}${key}.`),
  );
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
const [vietnamese, english] = [new Map(textsOf(vi)), new Map(textsOf(en))];

it('both languages say the same things', () => {
  expect([...english.keys()]).toEqual([...vietnamese.keys()]);
});

it.each([...vietnamese.keys()])('%s has words in both languages, with the same values in them', (key) => {
  const [one = '', other = ''] = [vietnamese.get(key), english.get(key)];
  expect([one.trim(), other.trim()]).not.toContain('');
  expect(placeholders(one)).toEqual(placeholders(other));
});

it('the Vietnamese texts are written with their marks, the English ones without', () => {
  const marked = /[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]/i;
  // Words that Vietnamese writes without marks: "Trang sau", "Trang 2".
  expect([...vietnamese].filter(([, text]) => !marked.test(text)).map(([key]) => key)).toEqual(['next', 'page']);
  // The name of the other language is in that language.
  expect([...english].filter(([key, text]) => key !== 'language' && marked.test(text)).map(([key]) => key)).toEqual([]);
});
