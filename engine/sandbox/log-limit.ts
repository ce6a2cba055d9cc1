// Bounds the log lines of one script: a bucket that refills, and a count of what did not fit.

const LINES_PER_SECOND = 100;
const BURST = 500;

export class LogLimit {
  readonly #now: () => number;
  #tokens = BURST;
  #at: number;
  #leftOut = 0;

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#at = now();
  }

  /** Whether a line may pass; one that may not is counted. */
  allows(): boolean {
    const now = this.#now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#at) / 1000) * LINES_PER_SECOND);
    this.#at = now;
    if (this.#tokens < 1) {
      this.#leftOut += 1;
      return false;
    }
    this.#tokens -= 1;
    return true;
  }

  /** Lines that were left out elsewhere. */
  add(count: number): void {
    this.#leftOut += count;
  }

  /** How many lines were left out since the last call. */
  takeLeftOut(): number {
    const count = this.#leftOut;
    this.#leftOut = 0;
    return count;
  }
}
