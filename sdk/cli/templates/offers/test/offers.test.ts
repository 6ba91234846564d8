import { readManifest } from '@chung/contracts';
import { expect, test } from 'vitest';
import app from '../chung.config.ts';

const reading = readManifest(app);
const drafts = reading.ok ? reading.manifest.offers.map(({ draft }) => draft) : [];

test('every offer speaks both languages', () => {
  expect(drafts.length).toBeGreaterThan(0);
  for (const { title, terms } of drafts) {
    expect(title.vi).not.toBe(title.en);
    expect(terms.vi).not.toBe(terms.en);
  }
});

test('no offer takes off more than half of the price, which promotion rules do not allow', () => {
  for (const { benefit, regularPriceMinor } of drafts) {
    if (benefit.kind === 'percentage') expect(benefit.rateBasisPoints).toBeLessThanOrEqual(5_000);
    if (benefit.kind === 'fixed_amount') expect(benefit.discountMinor * 2).toBeLessThanOrEqual(regularPriceMinor);
  }
});
