import { CliError } from '../commands/command.ts';
import type { Position, Start } from './reading.ts';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const CURSOR = /^[\w-]+\.[\w-]+$/;

/** `--from`: `now`, `last` (where the last run stopped), `oldest`, a cursor, an instant, or how long ago (`30m`, `2h`, `7d`). Throws a `CliError`. */
export function startOf(text: string | null, { now, last }: { now: Date; last: () => Position | null }): Start {
  if (text === null || text === 'now') return { at: 'now' };
  if (text === 'oldest') return { at: 'oldest' };
  if (text === 'last') return last() ?? { at: 'now' };
  const time = timeOf(text, now);
  if (time) return { at: 'time', from: time };
  if (CURSOR.test(text)) return { at: 'cursor', cursor: text, afterEvent: null };
  throw new CliError({
    text: { vi: `Không hiểu --from ${text}.`, en: `--from ${text} is no place to begin.` },
    next: {
      vi: 'Viết now, last, oldest, 2h (2 giờ trước), 2026-11-28T08:00:00+07:00, hoặc một con trỏ.',
      en: 'Write now, last, oldest, 2h (two hours ago), 2026-11-28T08:00:00+07:00, or a cursor.',
    },
    exitCode: 2,
  });
}

/** An instant with its offset, or how long ago; null for neither. A time of day without an offset would be another one on another machine. */
export function timeOf(text: string, now: Date): Date | null {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (unit !== '') return new Date(now.getTime() - Number(count) * (UNITS_MS[unit] ?? 0));
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) || !isDay(text.slice(0, 10)) ? null : at;
}

/** JavaScript takes the 30th of February for the 2nd of March. */
const isDay = (day: string): boolean => new Date(day).toISOString().startsWith(day);

/** `--to`: like `--from`, an instant or how long ago. Throws a `CliError`. */
export function endOf(text: string | null, now: Date): Date | null {
  if (text === null) return null;
  const at = timeOf(text, now);
  if (at) return at;
  throw new CliError({
    text: { vi: `Không hiểu --to ${text}.`, en: `--to ${text} is no moment.` },
    next: {
      vi: 'Viết 30m (30 phút trước) hoặc 2026-11-28T08:00:00+07:00.',
      en: 'Write 30m (half an hour ago) or 2026-11-28T08:00:00+07:00.',
    },
    exitCode: 2,
  });
}
