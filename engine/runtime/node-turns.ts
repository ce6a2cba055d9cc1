// A node's turns at what waits in its inboxes: takes messages while it may, calls the handlers, one by one or in
// batches, and follows each delivery until it is done. Who decides what becomes of a failed one is NodeOutcomes.
import type { BatchHandler, Clock, Handler, Message } from "@millrace/sdk";
import { handlingTimedOut, nodeStopped } from "../base/errors/runtime.ts";
import type { PlannedNode } from "../flow/plan.ts";
import type { EngineMessage } from "../topics/engine-message.ts";
import { type Inbox, settleMessage, TAKEN } from "../topics/inbox.ts";
import { type DeliveryOwner, NodeDelivery } from "./delivery.ts";
import type { Frame, Frames } from "./frames.ts";
import { isLost } from "./node-outcomes.ts";
import type { Runnable, Scheduler } from "./scheduler.ts";

/** Messages handled in one turn before others get theirs. */
const TURN = 256;
const DEFAULT_TIMEOUT_MS = 60_000;

export interface NodeTurnsOptions {
  readonly planned: PlannedNode;
  readonly inboxes: readonly Inbox[];
  readonly frames: Frames;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  /** The handler of an input, while the node runs. */
  readonly handler: (port: string) => Handler | BatchHandler | undefined;
  readonly isRunning: () => boolean;
  /** Aborted when this run of the node ends. */
  readonly signal: () => AbortSignal;
  /** A delivery is done; `error` undefined when all went well. */
  readonly onDone: (delivery: NodeDelivery, error: unknown) => void;
}

export class NodeTurns implements Runnable, DeliveryOwner {
  /** Messages taken so far. */
  received = 0;
  readonly #options: NodeTurnsOptions;
  readonly #concurrency: number;
  readonly #timeoutMs: number;
  /** Deliveries that are held, or go on asynchronously. */
  readonly #open = new Set<NodeDelivery>();
  /** Those of batches under way. */
  readonly #batch = new Map<Message, NodeDelivery>();
  #active = 0;
  #queued = false;
  #nextInbox = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: NodeTurnsOptions) {
    const { planned } = options;
    this.#options = options;
    this.#concurrency = planned.concurrency ?? planned.definition?.concurrency ?? 1;
    this.#timeoutMs = planned.timeoutMs ?? planned.definition?.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  get signal(): AbortSignal {
    return this.#options.signal();
  }

  /** The open delivery of a message of a batch. */
  deliveryOf(message: Message): NodeDelivery | undefined {
    return this.#batch.get(message);
  }

  /** Something waits: a turn soon, if the node may take it. */
  wake(): void {
    if (this.#queued || !this.#mayTake()) return;
    this.#queued = true;
    this.#options.scheduler.add(this);
  }

  /** Works off some of what waits. */
  turn(): boolean {
    this.#queued = false;
    let budget = TURN;
    while (budget > 0 && this.#mayTake()) {
      const left = this.#options.frames.run(this.#work, budget);
      if (left === budget) return false;
      budget = left;
    }
    this.#queued = this.#mayTake() && this.#somethingWaits();
    return this.#queued;
  }

  /** Waits until no handler is at work; for `timeoutMs` at most, or until the hurry. Held messages do not count. */
  async idle(timeoutMs: number, hurry?: AbortSignal): Promise<void> {
    if (this.#active === 0) return;
    const idle = Promise.withResolvers<void>();
    this.#idle = idle;
    const timer = this.#options.clock.schedule(timeoutMs, () => idle.resolve());
    hurry?.addEventListener("abort", () => idle.resolve(), { once: true });
    if (hurry?.aborted) idle.resolve();
    await idle.promise;
    timer.cancel();
  }

  /** What is still open when the node has closed: held messages go back, the rest of their trees comes again. */
  letGo(): void {
    for (const delivery of [...this.#open].reverse()) {
      const { message, port } = delivery;
      const inbox = inboxOf(this.#options.inboxes, port, message);
      if (delivery.isHeld && inbox && !delivery.wasEnded) {
        this.#open.delete(delivery);
        delivery.release();
        inbox.putBack(message);
        continue;
      }
      for (const tree of message.trees ?? []) tree.abandon();
      delivery.end(nodeStopped({ node: this.#options.planned.id }));
    }
  }

  finished(delivery: NodeDelivery, error: unknown): void {
    this.#open.delete(delivery);
    if (this.#batch.size > 0) this.#batch.delete(delivery.message);
    this.#options.onDone(delivery, error);
    this.#uncount(delivery);
  }

  /** Handles messages until the budget is spent, nothing waits, or a handler goes on asynchronously. */
  readonly #work = (frame: Frame, budget: number): number => {
    let left = budget;
    while (left > 0 && this.#mayTake()) {
      const inbox = this.#waitingInbox();
      const message = inbox?.shift();
      if (!inbox || !message) return left;
      const handler = this.#options.handler(inbox.port);
      if (!handler) {
        inbox.putBack(message);
        return left;
      }
      if (typeof handler !== "function") return left - this.#handleBatch(frame, handler, inbox, message);
      left--;
      if (this.#handle(frame, handler, inbox.port, message)) return left;
    }
    return left;
  };

  /** True when the handler goes on asynchronously, and keeps the frame. */
  #handle(frame: Frame, handler: Handler, port: string, message: EngineMessage): boolean {
    if (isLost(message)) {
      settleMessage(message);
      return false;
    }
    const { frames, planned } = this.#options;
    const delivery = this.#begin(message, port);
    if (!message.isRoot && planned.retry && planned.retry.attempts > 1) delivery.buffer = [];
    this.#active++;
    delivery.counted = true;
    frame.delivery = delivery;
    frames.current = delivery;
    let result: void | Promise<void>;
    try {
      result = handler(message, delivery);
    } catch (error) {
      frame.delivery = undefined;
      frames.current = undefined;
      delivery.fail(error);
      return false;
    }
    frames.current = undefined;
    if (result === undefined || result === TAKEN) {
      frame.delivery = undefined;
      this.#handled(delivery);
      if (delivery.isOpen) this.#open.add(delivery);
      return false;
    }
    this.#open.add(delivery);
    this.#await(delivery, Promise.resolve(result));
    return true;
  }

  #await(delivery: NodeDelivery, result: Promise<unknown>): void {
    const timer = this.#timeoutMs > 0 ? this.#timeOut(delivery) : undefined;
    result.then(
      () => {
        timer?.cancel();
        this.#handled(delivery);
      },
      (error) => {
        timer?.cancel();
        delivery.fail(error);
      },
    );
  }

  /** Returns how many messages it took. */
  #handleBatch(frame: Frame, { batch, handle }: BatchHandler, inbox: Inbox, first: EngineMessage): number {
    const messages: EngineMessage[] = [];
    let taken = 0;
    for (let message: EngineMessage | undefined = first; message; ) {
      taken++;
      if (isLost(message)) settleMessage(message);
      else messages.push(message);
      message = taken < batch ? inbox.shift() : undefined;
    }
    if (messages.length === 0) return taken;
    const deliveries = messages.map((message) => {
      const delivery = this.#begin(message, inbox.port);
      this.#batch.set(message, delivery);
      this.#open.add(delivery);
      return delivery;
    });
    this.#active++;
    frame.batch = true;
    const done = (outcomes: void | readonly (Error | undefined)[]) => {
      deliveries.forEach((delivery, index) => {
        const error = outcomes?.[index];
        if (error) delivery.fail(error);
        else delivery.handled();
      });
      this.#release();
    };
    const failed = (error: unknown) => {
      for (const delivery of deliveries) delivery.fail(error);
      this.#release();
    };
    try {
      const result = handle(messages, deliveries);
      if (result instanceof Promise) result.then(done, failed);
      else done(result);
    } catch (error) {
      failed(error);
    }
    return taken;
  }

  #begin(message: EngineMessage, port: string): NodeDelivery {
    this.received++;
    return new NodeDelivery(this, message, port);
  }

  #handled(delivery: NodeDelivery): void {
    if (delivery.isHeld) {
      this.#uncount(delivery);
      return;
    }
    if (delivery.buffer && delivery.isOpen) {
      const buffer = delivery.buffer;
      delivery.buffer = undefined;
      for (const emit of buffer) void emit();
    }
    delivery.handled();
  }

  #timeOut(delivery: NodeDelivery): { cancel(): void } {
    const parts = { node: this.#options.planned.id, timeoutMs: this.#timeoutMs };
    return this.#options.clock.schedule(this.#timeoutMs, () => {
      if (!delivery.isHeld) delivery.end(handlingTimedOut(parts));
    });
  }

  #mayTake(): boolean {
    return this.#active < this.#concurrency && this.#options.isRunning();
  }

  #somethingWaits(): boolean {
    return this.#options.inboxes.some((inbox) => inbox.length > 0);
  }

  /** The inboxes in turn. */
  #waitingInbox(): Inbox | undefined {
    const { inboxes } = this.#options;
    for (let count = 0; count < inboxes.length; count++) {
      const inbox = inboxes[(this.#nextInbox + count) % inboxes.length];
      if (!inbox || inbox.length === 0) continue;
      this.#nextInbox = (this.#nextInbox + count + (inbox.length === 1 ? 1 : 0)) % inboxes.length;
      return inbox;
    }
    return undefined;
  }

  #release(): void {
    this.#active--;
    if (this.#active === 0) this.#idle?.resolve();
    if (this.#somethingWaits()) this.wake();
  }

  #uncount(delivery: NodeDelivery): void {
    if (!delivery.counted) return;
    delivery.counted = false;
    this.#release();
  }
}

/** The inbox that a message came from. */
export function inboxOf(inboxes: readonly Inbox[], port: string, message: EngineMessage): Inbox | undefined {
  return inboxes.find((inbox) => inbox.port === port && inbox.topic === message.topic);
}
