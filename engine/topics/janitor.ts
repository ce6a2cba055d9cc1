// Trims the stream topics of a flow now and then, on one engine of a cluster: the work would be the same on each. What
// is trimmed is decided by the backend in one step, so nothing rests on there being only one.
import type { Clock, ClockTimer } from "../base/clock.ts";
import type { PartSharing, PartTaker } from "./partitioned-reader.ts";

const EVERY_MS = 15_000;

export interface JanitorOptions {
  readonly flow: string;
  readonly clock: Clock;
  /** Which engine does it; undefined: this is the only one. */
  readonly sharing: PartSharing | undefined;
  /** Never rejects. */
  readonly trim: () => Promise<void>;
}

export class Janitor implements AsyncDisposable, PartTaker {
  readonly #options: JanitorOptions;
  readonly #share: AsyncDisposable | undefined;
  #next: ClockTimer | undefined;
  #onDuty = false;

  constructor(options: JanitorOptions) {
    this.#options = options;
    this.#share = options.sharing?.share({ flow: options.flow, name: "janitor", count: 1 }, this);
    if (!options.sharing) this.gained();
  }

  gained(): void {
    this.#onDuty = true;
    this.#plan();
  }

  async lost(): Promise<void> {
    this.#onDuty = false;
    this.#next?.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lost();
    await this.#share?.[Symbol.asyncDispose]();
  }

  #plan(): void {
    this.#next?.cancel();
    this.#next = this.#options.clock.schedule(EVERY_MS, async () => {
      await this.#options.trim();
      if (this.#onDuty) this.#plan();
    });
  }
}
