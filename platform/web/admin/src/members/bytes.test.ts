import { expect, it } from 'vitest';
import { bytesText } from './bytes.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_540, '1,5 kB'],
  [12_000_000, '12 MB'],
  [25_000_000_000, '25 GB'],
])('shows %i bytes as %s', (bytes, text) => expect(bytesText(bytes, 'vi-VN')).toBe(text));
