// A set of listeners. One that throws is logged and does not keep the others from hearing.
import { disposable } from "../base/disposable.ts";
import { errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";

export class Listeners<A extends unknown[]> {
  readonly #listeners = new Set<{ hear: (...heard: A) => void }>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get size(): number {
    return this.#listeners.size;
  }

  add(hear: (...heard: A) => void): Disposable {
    const entry = { hear };
    this.#listeners.add(entry);
    return disposable(() => this.#listeners.delete(entry));
  }

  tell(...heard: A): void {
    for (const { hear } of [...this.#listeners]) {
      try {
        hear(...heard);
      } catch (error) {
        this.#logger.error(`A listener failed: ${errorText(error)}`, {
          stack: error instanceof Error ? error.stack : undefined,
        });
      }
    }
  }
}
