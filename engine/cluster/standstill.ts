// Sees whose beats stand still. Pure: it is told how leases stood and when they were asked for, by the observer's own
// monotonic clock; it trusts no other.
import type { LeaseState } from "../backend/leases.ts";

interface Seen {
  readonly state: LeaseState;
  /** When it had been seen like this for the first time. */
  readonly since: number;
}

export class Standstill {
  readonly #leaseMs: number;
  #seen = new Map<string, Seen>();
  #answered: number | undefined;

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /**
   * Takes note of how leases stand, and answers with the names of those that have not changed for the lease's time.
   * `asked` and `answered`: when the question went out and the answer was there. After a gap between looks nothing is
   * held against anyone: while the backend was away, nobody could beat.
   */
  look(states: ReadonlyMap<string, LeaseState>, asked: number, answered: number): string[] {
    const gap = this.#answered !== undefined && asked - this.#answered > this.#leaseMs / 2;
    const still: string[] = [];
    const next = new Map<string, Seen>();
    for (const [name, state] of states) {
      const before = gap ? undefined : this.#seen.get(name);
      const seen = before && same(before.state, state) ? before : { state, since: answered };
      next.set(name, seen);
      if (asked - seen.since >= this.#leaseMs) still.push(name);
    }
    this.#seen = next;
    this.#answered = answered;
    return still;
  }
}

function same(left: LeaseState, right: LeaseState): boolean {
  return left.owner === right.owner && left.epoch === right.epoch && left.beat === right.beat;
}
