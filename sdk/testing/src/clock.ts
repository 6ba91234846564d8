/** Time as the fake platform and your own code under test see it. */
export interface MovableClock {
  now(): Date;
  /** Forward by so many seconds; back with a negative number. */
  advance(seconds: number): void;
  /** To an instant, and stands still there. */
  stopAt(instant: Date | string): void;
  /** Runs on from where it stands, at the pace of real time. */
  run(): void;
}

/**
 * A clock that tests move: holds lapse, tokens expire and windows close without waiting. Given a start it stands still there; without one it
 * runs from the real time.
 *
 * @example
 * const clock = movableClock('2026-11-22T13:00:00Z');
 * clock.advance(30 * 60);
 */
export function movableClock(start?: Date | string): MovableClock {
  let offsetMs = 0;
  let standsAt = start === undefined ? null : new Date(start).getTime();
  const nowMs = () => standsAt ?? Date.now() + offsetMs;
  return {
    now: () => new Date(nowMs()),
    advance: (seconds) => {
      if (standsAt === null) offsetMs += seconds * 1000;
      else standsAt += seconds * 1000;
    },
    stopAt: (instant) => {
      standsAt = new Date(instant).getTime();
    },
    run: () => {
      offsetMs = nowMs() - Date.now();
      standsAt = null;
    },
  };
}
