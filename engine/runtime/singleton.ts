// A node that runs on one engine at a time: begins where its part is, ends where it is not any more, one after the
// other. It outlives restarts of the node by a deploy, so that an engine which does not know of the deploy yet does not
// get the node meanwhile.
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
  #hooks: SingletonHooks | undefined;
  #begun = Promise.withResolvers<void>();
  /** Without hooks: until then something of the node may still be under way. */
  #leaving: Promise<unknown> = Promise.resolve();
  #fence: Fence | undefined;
  #turn: Promise<void> = Promise.resolve();
  #share: AsyncDisposable | undefined;

  constructor(options: { ownership: Ownership; flow: string; node: string }) {
    this.#ownership = options.ownership;
    this.#what = { flow: options.flow, name: `node/${options.node}` };
  }

  /** Asks for the node, on behalf of its run by these hooks. Resolves when it has begun here for the first time. */
  attach(hooks: SingletonHooks): Promise<void> {
    this.#hooks = hooks;
    this.#begun = Promise.withResolvers();
    this.#share ??= this.#ownership.share({ ...this.#what, count: 1 }, this);
    if (this.#fence) this.#begin(this.#fence);
    return this.#begun.promise;
  }

  /** The run ends by itself, and has when the promise settles: nothing of it is begun or ended from here any more. */
  detach(ended: Promise<unknown>): void {
    this.#hooks = undefined;
    this.#leaving = ended;
  }

  /** What was begun or ended so far is done. */
  idle(): Promise<void> {
    return this.#turn;
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
    this.#begin(fence);
  }

  lost(_part: number, signal: AbortSignal): Promise<void> {
    const fence = this.#fence;
    const forget = () => {
      if (this.#fence === fence) this.#fence = undefined;
    };
    if (signal.aborted) forget();
    else signal.addEventListener("abort", forget, { once: true });
    const hooks = this.#hooks;
    if (!hooks) return Promise.race([this.#leaving, aborted(signal)]).then(forget, forget);
    this.#turn = this.#turn.then(() => hooks.end(signal)).finally(forget);
    return this.#turn;
  }

  /** Gives it to another engine at once. The node must have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#share?.[Symbol.asyncDispose]();
    this.#fence = undefined;
  }

  #begin(fence: Fence): void {
    const hooks = this.#hooks;
    this.#turn = this.#turn.then(async () => {
      if (!hooks || this.#hooks !== hooks || this.#fence !== fence) return;
      await hooks.begin();
      this.#begun.resolve();
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
