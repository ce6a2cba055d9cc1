// How many events of one room a socket gets in a second. What is beyond is counted, never kept.

/** Events per second, by the kind of room. */
const PER_SECOND: Readonly<Record<string, number>> = {
  status: 500,
  debug: 100,
  stats: 20,
  tap: 100,
  log: 200,
  engines: 20,
  deploy: 50,
};

export class Allowance {
  readonly #limit: number;
  #passed = 0;
  #leftOut = 0;

  constructor(room: string) {
    this.#limit = PER_SECOND[room.split(":", 1)[0] ?? ""] ?? 50;
  }

  /** Whether one more event may pass; `clear`: the socket can take it. */
  take(clear: boolean): boolean {
    const passes = clear && this.#passed < this.#limit;
    if (passes) this.#passed += 1;
    else this.#leftOut += 1;
    return passes;
  }

  /** Begins the next second; how many were left out in the last one. */
  nextSecond(): number {
    const leftOut = this.#leftOut;
    this.#passed = 0;
    this.#leftOut = 0;
    return leftOut;
  }
}
