// One message on its way through one node: what it emits descends from it, and it settles once, when its handler
// and all it emitted are done.
import type { Delivery, Message } from "@millrace/sdk";
import type { EngineMessage } from "../topics/engine-message.ts";

/** What a delivery asks of the node that handles it. */
export interface DeliveryOwner {
  readonly signal: AbortSignal;
  /** Handler and emits are done: `error` undefined when all went well. Called once. */
  finished(delivery: NodeDelivery, error: unknown): void;
}

/** Nobody sees it: what belongs to a lost message settles without a word. */
const heldInVain = () => new Error("Another part of the message has failed.");

type Phase = "handling" | "held" | "closed";

export class NodeDelivery implements Delivery {
  readonly message: EngineMessage;
  readonly port: string;
  /** Messages derived from it so far: numbers their ids. */
  emitted = 0;
  /** Emits kept until the handler succeeds, because another try may follow. */
  buffer: (() => Promise<void>)[] | undefined;
  /** It counts against the node's concurrency. */
  counted = false;
  readonly #owner: DeliveryOwner;
  #phase: Phase = "handling";
  #emits = 0;
  #handled = false;
  #error: unknown;
  #ended = false;
  #failed = false;
  #abort: AbortController | undefined;

  constructor(owner: DeliveryOwner, message: EngineMessage, port: string) {
    this.#owner = owner;
    this.message = message;
    this.port = port;
  }

  get isOpen(): boolean {
    return this.#phase !== "closed";
  }

  /** Ended from outside, before its handler was done. */
  get wasEnded(): boolean {
    return this.#ended;
  }

  /** It failed or was ended: nothing counts that its handler still does. */
  get isVoid(): boolean {
    return this.#phase === "closed" && (this.#failed || this.#ended);
  }

  get isHeld(): boolean {
    return this.#phase === "held";
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (!this.isOpen) this.#abort.abort();
    }
    return AbortSignal.any([this.#abort.signal, this.#owner.signal]);
  }

  hold(): Delivery {
    if (this.#phase === "handling") {
      this.#phase = "held";
      // It may wait for parts that never come, since one of them failed: nobody else would end it.
      for (const tree of this.message.trees ?? []) tree.whenLost(() => this.end(heldInVain()));
    }
    return this as Delivery<Message["payload"]>;
  }

  settle(): void {
    if (this.#phase !== "held") return;
    this.#handled = true;
    this.#close();
  }

  fail(error: unknown): void {
    if (this.#phase === "closed") return;
    this.#handled = true;
    this.#failed = true;
    this.#error ??= error;
    this.#close();
  }

  /** The handler returned (or its promise resolved): settles unless the node holds it. */
  handled(): void {
    if (this.#phase !== "handling") return;
    this.#handled = true;
    this.#close();
  }

  /** Follows an emit that was not taken at once. */
  follow(emit: Promise<void>): void {
    this.#emits++;
    emit.then(
      () => this.#emitDone(),
      (error) => {
        this.#failed = true;
        this.#error ??= error;
        this.#emitDone();
      },
    );
  }

  /** Ends it from outside: timed out, or the node was given up. What it emits from now on goes nowhere. */
  end(error: unknown): void {
    if (this.#phase === "closed") return;
    this.#ended = true;
    this.#failed = true;
    this.#error = error;
    this.#emits = 0;
    this.#handled = true;
    this.#abort?.abort(error);
    this.#close();
  }

  /** Its message goes back to where it waited: of this delivery nothing counts any more. */
  release(): void {
    this.#phase = "closed";
    this.#ended = true;
    this.#abort?.abort();
  }

  #emitDone(): void {
    if (this.#phase === "closed") return;
    this.#emits--;
    if (this.#handled) this.#close();
  }

  #close(): void {
    if (this.#emits > 0) return;
    this.#phase = "closed";
    this.#owner.finished(
      this,
      this.#failed ? (this.#error ?? new Error("The node failed the message.")) : undefined,
    );
  }
}
