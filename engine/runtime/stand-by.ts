// What a node shows while another engine runs it: which one, looked up now and then.
import type { Clock, ClockTimer } from "@millrace/sdk";

const LOOK_EVERY_MS = 5_000;

export class StandBy implements Disposable {
  readonly #clock: Clock;
  readonly #holder: () => Promise<string | undefined>;
  readonly #show: (text: string) => void;
  #timer: ClockTimer | undefined;
  #open = true;

  /** `show` is told at once, and whenever the holder is another one. */
  constructor(options: {
    clock: Clock;
    holder: () => Promise<string | undefined>;
    show: (text: string) => void;
  }) {
    this.#clock = options.clock;
    this.#holder = options.holder;
    this.#show = options.show;
    this.#show("stands by");
    void this.#look();
  }

  [Symbol.dispose](): void {
    this.#open = false;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    const holder = await this.#holder().catch(() => undefined); // the backend is away: asked again
    if (!this.#open) return;
    this.#show(holder === undefined ? "stands by" : `stands by, runs on ${holder}`);
    this.#timer = this.#clock.schedule(LOOK_EVERY_MS, () => void this.#look());
  }
}
