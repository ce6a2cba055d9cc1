// The memory that the main loop and the keeper's thread share: the loop shows that it still turns, the keeper until
// when the membership may be trusted.

const TURNS = 0;
const TRUSTED_UNTIL = 1;

export class Signs {
  readonly memory: SharedArrayBuffer;
  readonly #values: BigInt64Array;

  constructor(memory = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#values = new BigInt64Array(memory);
  }

  /** How often the main loop has said that it turns. */
  get turns(): bigint {
    return Atomics.load(this.#values, TURNS);
  }

  turn(): void {
    Atomics.add(this.#values, TURNS, 1n);
  }

  /** In monotonic milliseconds; 0: not at all. */
  get trustedUntil(): number {
    return Number(Atomics.load(this.#values, TRUSTED_UNTIL)) / 1000;
  }

  trustUntil(ms: number): void {
    Atomics.store(this.#values, TRUSTED_UNTIL, BigInt(Math.floor(ms * 1000)));
  }
}
