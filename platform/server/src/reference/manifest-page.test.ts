import { Manifest } from '@chung/contracts';
import { expect, test } from 'vitest';
import { manifestFields, manifestPage } from './manifest-page.ts';
import { MANIFEST_WORDS } from './manifest-words.ts';

test('every field of a manifest has its words in both languages, and no words are left over', () => {
  expect(Object.keys(MANIFEST_WORDS).toSorted()).toEqual(
    manifestFields()
      .map(({ path }) => path)
      .toSorted(),
  );
  for (const { vi, en } of Object.values(MANIFEST_WORDS)) expect(vi).not.toBe(en);
});

test('the fields are those of the schema, to the last', () => {
  const named = manifestFields().map(({ path }) => path);
  expect(named).toEqual(expect.arrayContaining(Object.keys(Manifest.shape)));
  const page = manifestPage();
  for (const path of named) expect(page).toContain(`| \`${path}\` | ${MANIFEST_WORDS[path]?.en}<br>${MANIFEST_WORDS[path]?.vi} |`);
});
