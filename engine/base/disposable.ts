// Ownership: who opens, closes, in reverse order, awaiting what is in flight.

/** Closes what was added, last first, once. All are tried; the first error is thrown at the end. */
export class Owned implements AsyncDisposable {
  readonly #stack: { close: () => unknown }[] = [];
  #closing: Promise<void> | undefined;

  /** Takes ownership and returns the same thing. */
  add<T extends Disposable | AsyncDisposable>(owned: T): T {
    this.#stack.push({
      close: () => (Symbol.asyncDispose in owned ? owned[Symbol.asyncDispose]() : owned[Symbol.dispose]()),
    });
    return owned;
  }

  defer(close: () => unknown): void {
    this.#stack.push({ close });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const errors: unknown[] = [];
    for (let entry = this.#stack.pop(); entry; entry = this.#stack.pop()) {
      try {
        await entry.close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

/** A disposable from a function, called at most once. */
export function disposable(close: () => void): Disposable {
  let open = true;
  return {
    [Symbol.dispose]() {
      if (!open) return;
      open = false;
      close();
    },
  };
}
