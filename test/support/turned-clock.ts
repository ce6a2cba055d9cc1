// A clock that stands until a test turns it.
import type { Clock } from "../../engine/base/clock.ts";

export interface TurnedClock extends Clock {
  /** Lets this much time pass at once; timers that fall due run in order. */
  turn(ms: number): void;
  /** Timers that have not run yet. */
  readonly waiting: number;
}

export function turnedClock(start = 0): TurnedClock {
  let now = start;
  const timers = new Set<{ at: number; callback: () => void }>();
  const nextDue = (until: number) =>
    [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    monotonic: () => now,
    schedule(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    get waiting() {
      return timers.size;
    },
    turn(ms) {
      const until = now + ms;
      for (let due = nextDue(until); due; due = nextDue(until)) {
        timers.delete(due);
        now = due.at;
        due.callback();
      }
      now = until;
    },
  };
}
