// What travels between nodes. Messages are read-only: a node makes a new payload, it never changes one it got.

export interface Message<P = unknown> {
  /**
   * A UUIDv7. The same message keeps its id over retries, redelivery and takeover by another engine, and so do
   * the messages derived from it: a safe idempotency key for effects outside.
   */
  readonly id: string;
  /** The topic it came through; empty for one that was injected. */
  readonly topic: string;
  /** When it was made: milliseconds since the epoch. */
  readonly time: number;
  /** Who emitted it: `flow/node`. */
  readonly source: string;
  /** The same for all messages that descend from one origin. */
  readonly correlationId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** 1 at the first try. */
  readonly attempt: number;
  readonly payload: P;
}

/** One message on its way through one node, handed to a handler beside the message. */
export interface Delivery<P = unknown> {
  readonly message: Message<P>;
  /** Aborted when this attempt timed out, or the node stops. */
  readonly signal: AbortSignal;
  /**
   * False once it has settled, also from outside: another part of the message it descends from has failed, and all of
   * it comes again. What is emitted from it then goes nowhere.
   */
  readonly isOpen: boolean;
  /**
   * Keeps the delivery open after its handler returned, until `settle` or `fail` is called: for nodes that hold
   * messages (join, batch, delay). Held deliveries do not count against `concurrency`. Returns itself.
   */
  hold(): Delivery<P>;
  /** Settles a held delivery as done. Later calls do nothing. */
  settle(): void;
  /** Settles a held delivery as failed. Later calls do nothing. */
  fail(error: unknown): void;
}
