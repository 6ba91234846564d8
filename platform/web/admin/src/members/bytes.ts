const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** `1,5 MB`: one decimal above a kilobyte, in steps of a thousand as file managers show them. */
export function bytesText(bytes: number, locale: string): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${value.toLocaleString(locale, { maximumFractionDigits: step === 0 ? 0 : 1 })} ${UNITS[step]}`;
}
