// Publishes unique numbers through whichever engine is up, and remembers what was acknowledged. A number is never sent
// twice: one whose answer was lost is uncertain, and may come out once or not at all.
import type { EngineProcess } from "../engine-process.ts";

const RETRY_MS = 20;

export interface WorkloadOptions {
  /** The engines that are up now. */
  readonly engines: () => readonly EngineProcess[];
  readonly keys: number;
  readonly batch: number;
}

export class Workload {
  readonly acknowledged = new Set<number>();
  readonly uncertain = new Set<number>();
  readonly #options: WorkloadOptions;
  #next = 0;

  constructor(options: WorkloadOptions) {
    this.#options = options;
  }

  get published(): number {
    return this.#next;
  }

  /** Publishes so many more, in order; with a rate not faster than that. */
  async publish(count: number, options: { perSecond?: number; extra?: object } = {}): Promise<void> {
    const end = this.#next + count;
    const began = performance.now();
    const first = this.#next;
    while (this.#next < end) {
      const numbers = Array.from(
        { length: Math.min(this.#options.batch, end - this.#next) },
        (_, index) => this.#next + index,
      );
      this.#next += numbers.length;
      await this.#send(numbers, options.extra);
      if (options.perSecond === undefined) continue;
      const ahead = ((this.#next - first) / options.perSecond) * 1000 - (performance.now() - began);
      if (ahead > 0) await sleep(ahead);
    }
  }

  /** Publishes until told to stop. */
  async publishUntil(
    signal: AbortSignal,
    options: { perSecond?: number; extra?: object } = {},
  ): Promise<void> {
    while (!signal.aborted) await this.publish(this.#options.batch, options);
  }

  async #send(numbers: readonly number[], extra: object | undefined): Promise<void> {
    const engine = await this.#anyEngine();
    const messages = numbers.map((number) => ({
      payload: { number, key: `k${number % this.#options.keys}`, ...extra },
    }));
    let into = this.uncertain;
    try {
      const { status } = await engine.call("POST", "/api/flows/main/topics/numbers/messages", { messages });
      if (status < 300) into = this.acknowledged;
    } catch {
      // The engine died with the answer.
    }
    for (const number of numbers) into.add(number);
    if (into === this.uncertain) await sleep(RETRY_MS);
  }

  async #anyEngine(): Promise<EngineProcess> {
    for (;;) {
      const engines = this.#options.engines();
      const engine = engines[Math.floor(Math.random() * engines.length)];
      if (engine) return engine;
      await sleep(RETRY_MS);
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
