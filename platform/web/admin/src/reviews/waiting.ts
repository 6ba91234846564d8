import type { Tone } from '@chung/ui/desk';

/** The query of the waiting queue; navigation, queue and submission page share it and so share one request. */
export const WAITING = { state: 'waiting', limit: 100 } as const;
export const WAITING_REFETCH_SECONDS = 15;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A wait in two units at most: a queue is read by its coarse differences. */
export type Wait =
  | { readonly unit: 'minutes'; readonly count: number }
  | { readonly unit: 'hours'; readonly hours: number; readonly minutes: number }
  | { readonly unit: 'days'; readonly days: number; readonly hours: number };

export function waitOf(seconds: number): Wait {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < HOUR) return { unit: 'minutes', count: Math.floor(whole / MINUTE) };
  if (whole < DAY) return { unit: 'hours', hours: Math.floor(whole / HOUR), minutes: Math.floor((whole % HOUR) / MINUTE) };
  return { unit: 'days', days: Math.floor(whole / DAY), hours: Math.floor((whole % DAY) / HOUR) };
}

/** After four hours someone should look; after a day someone should have. */
export function waitTone(seconds: number): Tone {
  if (seconds >= DAY) return 'bad';
  return seconds >= 4 * HOUR ? 'warn' : 'calm';
}
