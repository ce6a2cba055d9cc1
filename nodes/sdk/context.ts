// What a running node is given. Powers arrive here, never by import of the engine.
import type { Clock } from "./clock.ts";
import type { HttpPower } from "./http.ts";
import type { Delivery, Message } from "./message.ts";
import type { ScriptPower } from "./scripts.ts";

export type StatusLevel = "idle" | "info" | "ok" | "warning" | "error";

export interface EmitOptions {
  /** Added to the attributes of the message being handled, which are inherited. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Replaces the inherited attributes instead of adding to them. */
  readonly replaceAttributes?: boolean;
  /**
   * The deliveries that this message descends from, when not (only) the one being handled: for nodes that held
   * them, and batch handlers (the message itself will do there). They must still be open. `[]`: from none.
   */
  readonly from?: Delivery | Message | readonly (Delivery | Message)[];
  /** Default: that of the message it descends from, or its own id when it descends from none. */
  readonly correlationId?: string;
  /**
   * The shard it is sent for (placement "shards"): it is accepted only while this engine holds that shard, and goes
   * nowhere otherwise.
   */
  readonly shard?: number;
  /** For what descends from no message, and may have to be sent again after a kill. */
  readonly once?: Once;
}

/**
 * A place in a series that a source keeps in its state. A stream takes each number of the series once from the node,
 * whichever engine sends it, and after it only greater ones. Other topics cannot tell.
 */
export interface Once {
  readonly series: string;
  readonly number: number;
  /** It may have been sent before: only streams get it, those that have it already excepted. */
  readonly again?: boolean;
}

/** What has come or gone of the shards that a node has on this engine. */
export interface ShardsChange {
  readonly gained: readonly number[];
  readonly lost: readonly number[];
}

/** Parts of a source's work (placement "shards"), each on one engine at a time: share the work out by them. */
export interface NodeShards {
  /** As the node's config says in `shards`; 1 when it does not, or the type has another placement. */
  readonly count: number;
  /** Those of this engine, now. A new set after every change. */
  readonly held: ReadonlySet<number>;
  /**
   * Told after each change. A lost shard goes to another engine when the listener's promise resolves: finish what is
   * under way for it.
   */
  onChange(listener: (change: ShardsChange) => void | Promise<void>): Disposable;
}

/** Values that outlive the node: JSON, Dates, bytes, Maps and Sets come back as they went. */
export interface StateScope {
  get<T = unknown>(key: string): Promise<T | undefined>;
  /** Inside a delivery from a stream, written in the same step that settles the delivery. */
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /** Atomic on this key: `change` gets the current value and returns the next (undefined deletes). Returns it. */
  update<T = unknown>(key: string, change: (current: T | undefined) => T | undefined): Promise<T | undefined>;
  /**
   * Sets the value (undefined deletes) if it is still what was read before, `expected`; says whether it was. For those
   * who cannot say the next value at once. Inside a delivery from a stream it always is: the delivery comes again when it
   * was not.
   */
  replace(key: string, expected: unknown, value: unknown): Promise<boolean>;
}

/** Node scope directly; the scopes that others share by name. */
export interface ContextState extends StateScope {
  readonly flow: StateScope;
  readonly global: StateScope;
}

export interface TimerOptions {
  /** Run the first time at once. Default false. */
  readonly immediately?: boolean;
}

/** A node failed on a message; also the payload of an `error` output and of the `catch` node. */
export interface NodeFailure {
  readonly error: { readonly message: string; readonly code?: string; readonly stack?: string };
  readonly node: {
    readonly flow: string;
    readonly id: string;
    readonly title: string;
    readonly type: string;
  };
  /** What it was working on; null when it failed outside any message. */
  readonly message: {
    readonly id: string;
    readonly topic: string;
    readonly attempt: number;
    readonly attributes: Readonly<Record<string, string>>;
    readonly payload: unknown;
  } | null;
}

export interface NodeStatusEvent {
  readonly node: NodeFailure["node"];
  readonly text: string;
  readonly level: StatusLevel;
  readonly time: number;
}

/** Which nodes of the flow are meant; without `nodes` and `group` all of them. Never the asking node itself. */
export interface NodeSelector {
  readonly nodes?: readonly string[];
  /** Only failures that no other selector took. */
  readonly uncaughtOnly?: boolean;
}

export interface NodeContext<C = unknown, P extends string = string> {
  readonly node: NodeFailure["node"];
  /** Validated, with defaults, frozen. */
  readonly config: C;
  /** Ports that lead somewhere in this flow. */
  readonly wired: { readonly inputs: ReadonlySet<string>; readonly outputs: ReadonlySet<string> };
  /**
   * Sends a message out of a port. The promise is the back pressure: it resolves when the topics have taken the
   * message, and rejects when one refused it. Inside a handler the message descends from the one being handled,
   * and the delivery settles only after all it emitted was taken, awaited or not.
   */
  emit(port: P | "error", payload: unknown, options?: EmitOptions): Promise<void>;
  readonly log: {
    debug(text: string, fields?: Record<string, unknown>): void;
    info(text: string, fields?: Record<string, unknown>): void;
    warn(text: string, fields?: Record<string, unknown>): void;
    error(text: string, fields?: Record<string, unknown>): void;
  };
  /** Shown on the node in the editor. An empty text clears it. */
  status(text: string, level?: StatusLevel): void;
  /** Shows a value in the editor's debug panel. Sampled under load; what is left out is counted. */
  debug(value: unknown, options?: { label?: string; message?: Message }): void;
  /** Aborted when the node stops: before `close` is called. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Runs again and again, a run never overlapping the one before; a failed run is logged, the timer goes on. */
  every(intervalMs: number, run: () => void | Promise<void>, options?: TimerOptions): Disposable;
  /** Runs once. */
  after(delayMs: number, run: () => void | Promise<void>): Disposable;
  /** Runs by a cron expression of 5 or 6 fields (seconds first), in `timezone` (IANA; default: the system's). */
  cron(
    expression: string,
    options: { timezone?: string },
    run: (due: Date) => void | Promise<void>,
  ): Disposable;
  /** The next due times of a cron expression after `from`; throws with a sentence when it is not one. */
  nextCron(expression: string, options: { timezone?: string; from?: Date; count?: number }): Date[];
  readonly state: ContextState;
  /**
   * Runs `work` as part of a delivery that is still open: emits and state in it belong there. For batch handlers,
   * and for work that was started elsewhere.
   */
  within<R>(delivery: Delivery, work: () => R): R;
  /** Publishes to a topic by name at run time: one of the flow, or a shared one ("/name"). */
  publish(topic: string, payload: unknown, options?: EmitOptions & { format?: string }): Promise<void>;
  /**
   * Hears a topic by name, or many by a pattern with `*` (pubsub topics and memory topics of this flow, and
   * shared channels). The handler runs as if a wire led here.
   */
  subscribe(
    topic: string,
    handler: (message: Message) => void | Promise<void>,
    options?: { format?: string },
  ): Promise<Disposable>;
  /** Offers HTTP endpoints. */
  readonly http: HttpPower;
  /** Runs user code in isolation. */
  readonly scripts: ScriptPower;
  /** Failures that no `error` output took. What is emitted in the handler descends from the failed message. */
  onFailure(selector: NodeSelector, handler: (failure: NodeFailure) => void | Promise<void>): Disposable;
  /** Status changes of other nodes of the flow. */
  onStatus(selector: NodeSelector, handler: (event: NodeStatusEvent) => void | Promise<void>): Disposable;
  /** Which parts of the work are this engine's. */
  readonly shards: NodeShards;
  /** A secret by name, or undefined when it is not set. Never log it. */
  secret(name: string): Promise<string | undefined>;
  /** An environment variable that flows may read, or undefined. */
  env(name: string): string | undefined;
}
