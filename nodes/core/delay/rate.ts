// How fast messages of one key may pass: `burst` at once, then one per interval. Pure arithmetic on one number.

export interface Rate {
  /** Milliseconds from one message to the next. */
  readonly intervalMs: number;
  /** How many may pass at once after a rest. */
  readonly burst: number;
}

/** When the next message may pass, given the slot time kept so far (undefined: none yet). */
export function freeAt(rate: Rate, slot: number | undefined): number {
  return slot === undefined ? Number.NEGATIVE_INFINITY : slot - rate.intervalMs * (rate.burst - 1);
}

/** The slot time after a message passed at `now`. A key is at rest once its slot time is past. */
export function pass(rate: Rate, slot: number | undefined, now: number): number {
  return Math.max(now, slot ?? now) + rate.intervalMs;
}
