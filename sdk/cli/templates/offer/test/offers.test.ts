import { readManifest } from '@chung/contracts';
import { expect, test } from 'vitest';
import app from '../chung.config.ts';

const reading = readManifest(app);

test('the listing is what the platform takes', () => {
  expect(reading.ok ? [] : reading.problems).toEqual([]);
});

test('every offer speaks both languages and saves half of the price at the most', () => {
  if (!reading.ok) throw new Error('the listing does not read');
  for (const { draft } of reading.manifest.offers) {
    expect(draft.title.vi).not.toBe(draft.title.en);
    if (draft.benefit.kind === 'percentage') expect(draft.benefit.rateBasisPoints).toBeLessThanOrEqual(5_000);
  }
});
