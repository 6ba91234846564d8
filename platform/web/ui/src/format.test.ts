import { describe, expect, it } from 'vitest';
import { formatIn } from './format.ts';

const vi = formatIn('vi');
const en = formatIn('en');

describe('money', () => {
  it('is grouped as the reader groups, with a space that does not break', () => {
    expect(vi.money(1_234_567)).toBe('1.234.567\u00a0₫');
    expect(en.money(1_234_567)).toBe('1,234,567\u00a0₫');
    expect(vi.money(0)).toBe('0\u00a0₫');
    expect(vi.money(-50_000)).toBe('-50.000\u00a0₫');
  });

  it('keeps the last đồng of the largest amount', () => {
    expect(vi.money(Number.MAX_SAFE_INTEGER)).toBe('9.007.199.254.740.991\u00a0₫');
    expect(vi.money(9_223_372_036_854_775_807n)).toBe('9.223.372.036.854.775.807\u00a0₫');
  });
});

describe('dates', () => {
  it('are those of Vietnam, wherever the reader is', () => {
    expect(vi.date('2026-11-22T17:30:00Z')).toBe('23/11/2026');
    expect(en.dateTime('2026-11-22T17:30:00Z')).toBe('00:30, 23/11/2026');
    expect(vi.time('2026-11-22T16:59:00Z')).toBe('23:59');
  });

  it('from now pick the unit a person would', () => {
    const now = new Date('2026-11-22T10:00:00Z');
    expect(vi.fromNow('2026-11-25T10:00:00Z', now)).toBe('sau 3 ngày nữa');
    expect(en.fromNow('2026-11-22T08:00:00Z', now)).toBe('2 hours ago');
    expect(en.fromNow('2026-11-23T12:00:00Z', now)).toBe('tomorrow');
  });
});

it('percent reads basis points', () => {
  expect(vi.percent(1250)).toBe('12,5%');
  expect(en.percent(10_000)).toBe('100%');
});

it('countdown never goes below zero and shows hours only when there are any', () => {
  expect(vi.countdown(245)).toBe('4:05');
  expect(vi.countdown(3_723)).toBe('1:02:03');
  expect(vi.countdown(0.4)).toBe('0:01');
  expect(vi.countdown(-9)).toBe('0:00');
});
