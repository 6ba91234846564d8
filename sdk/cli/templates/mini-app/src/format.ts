import { useLanguage } from '@chung/mini-app/react';

/** The market's clock: what ends at midnight ends at midnight in Vietnam, wherever the member is. */
const timeZone = 'Asia/Ho_Chi_Minh';
const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const;

export type Language = keyof typeof LOCALES;

export function formatIn(language: Language) {
  const locale = LOCALES[language];
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const date = new Intl.DateTimeFormat(locale, { timeZone, day: '2-digit', month: '2-digit', year: 'numeric' });
  const time = new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit', hour12: false });
  return {
    /** Đồng: `50.000 ₫`, with a space that does not break. */
    money: (amountMinor: number) => `${number.format(amountMinor)}\u00a0₫`,
    /** Hundredths of a percent: 2,000 is `20%`. */
    percent: (basisPoints: number) => `${number.format(basisPoints / 100)}%`,
    /** The last day of a window: it ends at `instant`, which itself is outside of it. */
    lastDay: (instant: string) => date.format(Date.parse(instant) - 1),
    moment: (instant: string) => `${time.format(Date.parse(instant))}, ${date.format(Date.parse(instant))}`,
  };
}

/** Amounts and times as the host's language writes them. */
export const useFormat = () => formatIn(useLanguage());
