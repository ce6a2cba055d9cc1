// Hands messages to a node's handlers as the engine does: in order, so many at once, in batches where asked for,
// and open until handled, released and all emitted messages are taken.
import type { BatchHandler, Handler } from "../definition.ts";
import { Failure } from "../failure.ts";
import type { Delivery, Message } from "../message.ts";
import type { FakeClock } from "./fake-clock.ts";
import { runInScope, type Scope } from "./scope.ts";

/** One message at one port, until it is settled. */
class TestDelivery implements Delivery {
  readonly message: Message;
  readonly port: string;
  readonly #controller = new AbortController();
  readonly #outcome = Promise.withResolvers<void>();
  #held = false;
  #open = true;

  constructor(port: string, message: Message) {
    this.port = port;
    this.message = message;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  get isOpen(): boolean {
    return this.#open;
  }
  get settled(): Promise<void> {
    return this.#outcome.promise;
  }
  get held(): boolean {
    return this.#held;
  }

  hold(): Delivery {
    this.#held = true;
    return this;
  }

  settle(): void {
    if (this.#held) this.finish();
  }

  /** Handled, and not held. */
  finish(): void {
    this.#open = false;
    this.#outcome.resolve();
  }

  fail(error: unknown): void {
    if (!this.#open) return;
    this.#open = false;
    this.#outcome.reject(error);
  }

  abort(error: Failure): void {
    this.#controller.abort(error);
  }

  /** Gives it up without an outcome that a test must look at: the node stops. */
  abandon(error: Failure): void {
    this.#outcome.promise.catch(() => undefined);
    this.abort(error);
    this.fail(error);
  }
}

export interface DeliveriesOptions {
  readonly handlers: ReadonlyMap<string, Handler | BatchHandler>;
  readonly concurrency: number;
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly clock: FakeClock;
}

export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #waiting: TestDelivery[] = [];
  readonly #open = new Set<TestDelivery>();
  #running = 0;
  #scheduled = false;
  #stopped = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** Resolves when the delivery settled, rejects with what it failed with. */
  send(port: string, message: Message): Promise<void> {
    const delivery = new TestDelivery(port, message);
    this.#open.add(delivery);
    const forget = () => void this.#open.delete(delivery);
    delivery.settled.then(forget, forget);
    this.#waiting.push(delivery);
    this.#schedule();
    return delivery.settled;
  }

  /** How many messages wait, run or are held. */
  get open(): number {
    return this.#open.size;
  }

  /** Starts no further handler. What runs goes on. */
  stopIntake(): void {
    this.#waiting.length = 0;
    this.#stopped = true;
  }

  /** Gives up all that is open. */
  abandon(): void {
    const reason = new Failure("The node stopped before this message was settled.", { code: "node/stopped" });
    for (const delivery of this.#open) delivery.abandon(reason);
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      while (this.#running < this.#options.concurrency && this.#waiting.length > 0) void this.#runNext();
    });
  }

  async #runNext(): Promise<void> {
    const port = this.#waiting[0]?.port ?? "";
    const handler = this.#options.handlers.get(port);
    const size = typeof handler === "object" ? handler.batch : 1;
    const other = this.#waiting.slice(0, size).findIndex((delivery) => delivery.port !== port);
    const batch = this.#waiting.splice(0, other < 0 ? size : other);
    const messages = batch.map((delivery) => delivery.message);
    const scope: Scope = { messages, emits: [], batch: typeof handler === "object" };
    this.#running++;
    let outcomes: readonly unknown[] = [];
    try {
      outcomes = await this.#withTimeout(batch, scope, () => runInScope(scope, () => call(handler, batch)));
    } catch (error) {
      outcomes = batch.map(() => error ?? new Failure("The handler threw nothing."));
    }
    this.#running--;
    for (const [index, delivery] of batch.entries()) {
      const error = outcomes[index];
      if (error !== undefined) delivery.fail(error);
      else if (!delivery.held) delivery.finish();
    }
    this.#schedule();
  }

  async #withTimeout(
    batch: readonly TestDelivery[],
    scope: Scope,
    run: () => Promise<readonly unknown[]>,
  ): Promise<readonly unknown[]> {
    const timedOut = Promise.withResolvers<never>();
    const { timeoutMs, clock } = this.#options;
    const timer = timeoutMs > 0 ? clock.schedule(timeoutMs, expire) : undefined;
    function expire(): void {
      const error = new Failure(`The handler took longer than ${timeoutMs} ms.`, { code: "node/timeout" });
      for (const delivery of batch) delivery.abort(error);
      timedOut.reject(error);
    }
    const handled = run().then(async (outcomes) => {
      const refusals = await Promise.all(batch.map(({ message }) => refusal(scope, message)));
      return refusals.map((error, index) => outcomes[index] ?? error);
    });
    try {
      return await Promise.race([handled, timedOut.promise]);
    } finally {
      timer?.cancel();
    }
  }
}

/** Waits for what descends from a message to be taken; the first error of a topic that refused it. */
async function refusal(scope: Scope, message: Message): Promise<unknown> {
  const own = scope.emits.filter(({ from }) => from.includes(message));
  const outcomes = await Promise.allSettled(own.map(({ taken }) => taken));
  return outcomes.find((outcome) => outcome.status === "rejected")?.reason;
}

async function call(
  handler: Handler | BatchHandler | undefined,
  batch: readonly TestDelivery[],
): Promise<readonly unknown[]> {
  if (typeof handler === "object") {
    return (
      (await handler.handle(
        batch.map((delivery) => delivery.message),
        batch,
      )) ?? []
    );
  }
  for (const delivery of batch) await handler?.(delivery.message, delivery);
  return [];
}
