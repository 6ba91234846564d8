import type { Language } from '@chung/contracts';
import { useMemo } from 'react';
import { useLanguage } from './texts/language.ts';

/** The market's clock: a window that ends at midnight ends at midnight in Vietnam, wherever the reader is. */
export const TIME_ZONE = 'Asia/Ho_Chi_Minh';

const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const satisfies Record<Language, string>;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Format {
  /** Đồng, e.g. `1.234.567 ₫` (vi), `1,234,567 ₫` (en); the space does not break. */
  money(amountMinor: number | bigint): string;
  number(value: number | bigint): string;
  /** Basis points as a percentage: 1250 → `12,5 %`. */
  percent(basisPoints: number): string;
  date(instant: string | Date): string;
  dateTime(instant: string | Date): string;
  time(instant: string | Date): string;
  /** From now, e.g. `sau 3 ngày`, `2 hours ago`. */
  fromNow(instant: string | Date, now?: Date): string;
  /** Seconds as `4:05` or `1:02:03`; never below zero. */
  countdown(seconds: number): string;
}

function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE), whole % MINUTE];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** 59.6 minutes are 59 and not "60 minutes"; 23.6 hours are 23 and not "24 hours". */
function wholeBelow(limit: number, amount: number): number {
  return Math.sign(amount) * Math.min(Math.round(Math.abs(amount)), limit - 1);
}

const calendarDay = new Intl.DateTimeFormat('en-CA', { timeZone: TIME_ZONE, year: 'numeric', month: '2-digit', day: '2-digit' });
const dayNumber = (instant: Date) => Date.parse(calendarDay.format(instant)) / (DAY * 1000);

/** From a day on it is the calendar that counts: 25 hours before half past midnight is not yesterday but the day before. */
function relativeParts(instant: Date, now: Date): [number, Intl.RelativeTimeFormatUnit] {
  const seconds = (instant.getTime() - now.getTime()) / 1000;
  const size = Math.abs(seconds);
  if (size < HOUR) return [wholeBelow(60, seconds / MINUTE), 'minute'];
  if (size < DAY) return [wholeBelow(24, seconds / HOUR), 'hour'];
  return [dayNumber(instant) - dayNumber(now), 'day'];
}

export function formatIn(language: Language): Format {
  const locale = LOCALES[language];
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const date = new Intl.DateTimeFormat(locale, { timeZone: TIME_ZONE, day: '2-digit', month: '2-digit', year: 'numeric' });
  const time = new Intl.DateTimeFormat(locale, { timeZone: TIME_ZONE, hour: '2-digit', minute: '2-digit', hour12: false });
  const asDate = (instant: string | Date) => (typeof instant === 'string' ? new Date(instant) : instant);
  return {
    money: (amountMinor) => `${number.format(amountMinor)}\u00a0₫`,
    number: (value) => number.format(value),
    percent: (basisPoints) => `${percent.format(basisPoints / 100)}%`,
    date: (instant) => date.format(asDate(instant)),
    dateTime: (instant) => `${time.format(asDate(instant))}, ${date.format(asDate(instant))}`,
    time: (instant) => time.format(asDate(instant)),
    fromNow: (instant, now = new Date()) => {
      const words = relative.format(...relativeParts(asDate(instant), now));
      // Vietnamese data has "Hôm qua" with a capital; ours stand inside sentences.
      return words.charAt(0).toLocaleLowerCase(locale) + words.slice(1);
    },
    countdown,
  };
}

export function useFormat(): Format {
  const [language] = useLanguage();
  return useMemo(() => formatIn(language), [language]);
}
