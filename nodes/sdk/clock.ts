// Time as a dependency, so that tests can turn it by hand.

/** A pending timer; cancelling one that already ran does nothing. */
export interface ClockTimer {
  cancel(): void;
}

export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. May jump; use it to show, never to measure. */
  now(): number;
  /** Milliseconds that only grow; use it to measure. */
  monotonic(): number;
  /** Runs `callback` once, `ms` from now (0 or more). Does not keep the process alive. */
  schedule(ms: number, callback: () => void): ClockTimer;
}
