import { readManifest } from '@chung/contracts';
import { expect, test } from 'vitest';
import app from '../chung.config.ts';

test('the listing is what the platform takes', () => {
  const reading = readManifest(app);
  expect(reading.ok ? [] : reading.problems).toEqual([]);
});
