// Judges from another thread whether the main loop still turns. Pure: it is told what is seen, and when.

export class BlockWatch {
  readonly #limitMs: number;
  readonly #lookEveryMs: number;
  #turns: bigint | undefined;
  #lastLook: number | undefined;
  #stillMs = 0;

  constructor(options: { limitMs: number; lookEveryMs: number }) {
    this.#limitMs = options.limitMs;
    this.#lookEveryMs = options.lookEveryMs;
  }

  /**
   * True when the loop has stood still for longer than the limit. A look that comes late counts little: then the
   * whole process stood still (it was paused), and the loop had no chance to turn.
   */
  look(turns: bigint, now: number): boolean {
    const passed = this.#lastLook === undefined ? 0 : now - this.#lastLook;
    this.#lastLook = now;
    if (turns !== this.#turns) {
      this.#turns = turns;
      this.#stillMs = 0;
      return false;
    }
    this.#stillMs += Math.min(passed, 2 * this.#lookEveryMs);
    return this.#stillMs > this.#limitMs;
  }
}
