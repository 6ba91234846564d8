/** The market's clock. Vietnam has no summer time, so wall time and instant differ by a constant. */
const OFFSET_MS = 7 * 3_600_000;
const OFFSET = '+07:00';

/** `2026-12-01T08:00` (what a datetime-local input holds, read as Asia/Ho_Chi_Minh) → an RFC 3339 instant; empty stays empty. */
export function instantOf(wall: string): string {
  if (wall === '') return '';
  return `${wall.length === 16 ? `${wall}:00` : wall}${OFFSET}`;
}

/** An instant → wall time in Asia/Ho_Chi_Minh, to the minute; whatever the browser's own time zone is. */
export function wallTimeOf(instant: string): string {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return '';
  return new Date(at + OFFSET_MS).toISOString().slice(0, 16);
}

/** Midnight in the market, so many days from `now`. */
export function marketMidnight(daysFromNow: number, now: Date = new Date()): string {
  const day = new Date(now.getTime() + OFFSET_MS + daysFromNow * 86_400_000).toISOString().slice(0, 10);
  return `${day}T00:00`;
}
