import { expect, test } from 'vitest';
import { createProgressLine } from './progress-line.ts';

function progressOn(isTTY: boolean) {
  const written: string[] = [];
  let time = 0;
  const line = createProgressLine({ isTTY, write: (text) => written.push(text) }, () => time);
  return { line, written, at: (seconds: number) => (time = seconds * 1000) };
}

test('without a terminal a plain line comes every five seconds', () => {
  const { line, written, at } = progressOn(false);
  line.show({ label: 'Reading', rows: 0, done: 0 });
  for (const seconds of [1, 4, 5, 6, 9, 10]) {
    at(seconds);
    line.show({ label: 'Reading', rows: seconds * 1000, done: seconds / 20 });
  }
  line.end();
  expect(written).toEqual([
    'Reading: 5,000 rows · 1,000 rows/s · 25 % · 0:15 left\n',
    'Reading: 10,000 rows · 1,000 rows/s · 50 % · 0:10 left\n',
  ]);
});

test('on a terminal one line is redrawn, and taken away at the end', () => {
  const { line, written, at } = progressOn(true);
  line.show({ label: 'Reading', rows: 0, done: 0 });
  at(1);
  line.show({ label: 'Reading', rows: 500, done: 0.5 });
  line.end();
  expect(written).toEqual(['\r\u001B[KReading [████████████░░░░░░░░░░░░] 500 rows · 500 rows/s · 50 % · 0:01 left', '\r\u001B[K']);
});

test('each step counts from its own beginning', () => {
  const { line, written, at } = progressOn(false);
  line.show({ label: 'Reading', rows: 0, done: 0 });
  at(60);
  line.show({ label: 'Writing', rows: 0, done: 0 });
  at(65);
  line.show({ label: 'Writing', rows: 5000, done: 0.5 });
  expect(written.at(-1)).toBe('Writing: 5,000 rows · 1,000 rows/s · 50 % · 0:05 left\n');
});
