// Watches that the runner lives while work is in it: asks when it is silent, gives it up when it does not answer.
import type { Clock, ClockTimer } from "@millrace/sdk";

/** A runner that says nothing for so long is asked; one that does not answer for as long again is given up. */
export const SILENCE_MS = 5_000;

export class Vigil {
  readonly #clock: Clock;
  readonly #isBusy: () => boolean;
  readonly #ask: () => void;
  readonly #giveUp: () => void;
  #heardAt: number;
  #askedAt: number | undefined;
  #timer: ClockTimer | undefined;

  constructor(options: { clock: Clock; isBusy: () => boolean; ask: () => void; giveUp: () => void }) {
    this.#clock = options.clock;
    this.#isBusy = options.isBusy;
    this.#ask = options.ask;
    this.#giveUp = options.giveUp;
    this.#heardAt = this.#clock.monotonic();
  }

  heard(): void {
    this.#heardAt = this.#clock.monotonic();
    this.#askedAt = undefined;
  }

  /** Called whenever work goes out; watches until none is left. */
  keep(): void {
    this.#timer ??= this.#clock.schedule(SILENCE_MS / 5, () => {
      this.#timer = undefined;
      if (!this.#isBusy()) return;
      this.#look();
      this.keep();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    const now = this.#clock.monotonic();
    if (this.#askedAt !== undefined) {
      if (now - this.#askedAt > SILENCE_MS) this.#giveUp();
    } else if (now - this.#heardAt > SILENCE_MS) {
      this.#askedAt = now; // only from here on: this process itself may have stood still
      this.#ask();
    }
  }
}
