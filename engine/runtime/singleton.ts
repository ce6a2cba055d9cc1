// A node that runs on one engine at a time: begins where its part is, ends where it is not any more, one after the
// other.
import type { Fence } from "../backend/leases.ts";
import type { Ownership, PartHolder } from "../cluster/ownership.ts";

export interface SingletonHooks {
  /** The node is this engine's. Never rejects. */
  begin(): Promise<void>;
  /** It goes to another engine; when the signal is aborted, it went already. Never rejects. */
  end(signal: AbortSignal): Promise<void>;
}

export class Singleton implements PartHolder, AsyncDisposable {
  readonly #ownership: Ownership;
  readonly #what: { readonly flow: string; readonly name: string };
  readonly #hooks: SingletonHooks;
  readonly #begun = Promise.withResolvers<void>();
  #fence: Fence | undefined;
  #turn: Promise<void> = Promise.resolve();
  #share: AsyncDisposable | undefined;

  constructor(options: { ownership: Ownership; flow: string; node: string; hooks: SingletonHooks }) {
    this.#ownership = options.ownership;
    this.#what = { flow: options.flow, name: `node/${options.node}` };
    this.#hooks = options.hooks;
  }

  /** Asks for it. The promise resolves when it has begun here for the first time. */
  open(): Promise<void> {
    this.#share ??= this.#ownership.share({ ...this.#what, count: 1 }, this);
    return this.#begun.promise;
  }

  /** What is caused now is caused under this lease; undefined: it is not this engine's, or that is not certain. */
  get fence(): Fence | undefined {
    return this.#fence && this.#ownership.isCertain() ? this.#fence : undefined;
  }

  /** The engine that has it. */
  holder(): Promise<string | undefined> {
    return this.#ownership.holderOf(this.#what, 0);
  }

  gained(_part: number, fence: Fence): void {
    this.#fence = fence;
    this.#turn = this.#turn.then(async () => {
      if (this.#fence === fence) await this.#hooks.begin();
      this.#begun.resolve();
    });
  }

  lost(_part: number, signal: AbortSignal): Promise<void> {
    const fence = this.#fence;
    const forget = () => {
      if (this.#fence === fence) this.#fence = undefined;
    };
    if (signal.aborted) forget();
    else signal.addEventListener("abort", forget, { once: true });
    this.#turn = this.#turn.then(() => this.#hooks.end(signal)).finally(forget);
    return this.#turn;
  }

  /** What was begun or ended last is done. */
  idle(): Promise<void> {
    return this.#turn;
  }

  /** Gives it to another engine at once. The node must have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#share?.[Symbol.asyncDispose]();
    this.#fence = undefined;
  }
}
