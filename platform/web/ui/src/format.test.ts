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

describe('the borders of a day in Vietnam', () => {
  it.each([
    ['2026-11-22T16:59:59.999Z', '22/11/2026', '23:59'],
    ['2026-11-22T17:00:00Z', '23/11/2026', '00:00'],
    ['2026-12-31T17:00:00Z', '01/01/2027', '00:00'],
    ['2028-02-28T17:00:00Z', '29/02/2028', '00:00'],
    // The offset in the text says when, not where.
    ['2026-11-22T23:30:00-05:00', '23/11/2026', '11:30'],
  ])('%s is %s %s', (instant, date, time) => {
    for (const format of [vi, en]) expect([format.date(instant), format.time(instant)]).toEqual([date, time]);
  });
});

describe('time from now', () => {
  const now = new Date('2026-11-22T17:30:00Z'); // half past midnight of the 23rd in Vietnam
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

  it.each([
    [20, 'this minute', 'phút này'],
    [3_576, '59 minutes ago', '59 phút trước'],
    [3_600, '1 hour ago', '1 giờ trước'],
    [84_960, '23 hours ago', '23 giờ trước'],
    [-3_576, 'in 59 minutes', 'sau 59 phút nữa'],
  ])('%i seconds ago is "%s", never a sixtieth minute or a 24th hour', (seconds, inEnglish, inVietnamese) => {
    expect([en.fromNow(ago(seconds), now), vi.fromNow(ago(seconds), now)]).toEqual([inEnglish, inVietnamese]);
  });

  it('from a day on counts calendar days: 25 hours before half past midnight is not yesterday', () => {
    expect(en.fromNow(ago(24 * 3600), now)).toBe('yesterday');
    expect(en.fromNow(ago(25 * 3600), now)).toBe('2 days ago');
    expect(en.fromNow('2026-11-24T16:59:00Z', now)).toBe('tomorrow');
    expect(en.fromNow('2026-11-24T17:31:00Z', now)).toBe('in 2 days');
  });

  it('stands inside a sentence: no capital', () => {
    expect(vi.fromNow(ago(24 * 3600), now)).toBe('hôm qua');
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
