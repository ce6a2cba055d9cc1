// What a node type is: described once, it yields validation, the editor's form, the docs and the types.
import type { Static, TSchema } from "typebox";
import type { NodeContext } from "./context.ts";
import type { Delivery, Message } from "./message.ts";

/** Ports by name, each with the schema of its payload (`Type.Unknown()`, or `{}`: anything). */
export type PortSchemas = Readonly<Record<string, TSchema>>;

type NoPorts = Readonly<Record<never, TSchema>>;

/** Called with one message at a time, `concurrency` of them at once. Settles when its promise does. */
export type Handler<P = unknown> = (message: Message<P>, delivery: Delivery<P>) => void | Promise<void>;

/** Called with what waits, in order, up to `batch` messages; each settles for itself by `outcomes`. */
export interface BatchHandler<P = unknown> {
  readonly batch: number;
  /**
   * Returns nothing when all succeeded, or one entry per message: an Error where that message failed, undefined
   * where it succeeded. A throw fails them all. Emits name their origin by `from`.
   */
  handle(
    messages: readonly Message<P>[],
    deliveries: readonly Delivery<P>[],
  ): void | readonly (Error | undefined)[] | Promise<void | readonly (Error | undefined)[]>;
}

export interface Health {
  readonly healthy: boolean;
  readonly text?: string;
}

/** Names that `start` returns beside the input ports, and the implicit output. They cannot be input ports. */
export const RESERVED_PORTS: ReadonlySet<string> = new Set(["health", "close", "fire", "error"]);

export type Handlers<I extends PortSchemas> = {
  readonly [P in keyof I]?: Handler<Static<I[P]>> | BatchHandler<Static<I[P]>>;
};

/** What `start` returns: input handlers by port, and what the node can be asked. */
export type Running<I extends PortSchemas = PortSchemas> = Handlers<I> & RunningHooks;

interface RunningHooks {
  /** Asked every few seconds. */
  health?(): Health | Promise<Health>;
  /** Releases what `start` opened. Awaited; the signal is aborted before. */
  close?(): void | Promise<void>;
  /** A person pressed the button on a source (inject): emit as if it were due. */
  fire?(payload: unknown): void | Promise<void>;
}

export interface NodeDefinition<
  C extends TSchema = TSchema,
  I extends PortSchemas = PortSchemas,
  O extends PortSchemas = PortSchemas,
> {
  /** Its one identity, for ever: lower-case words with dashes. */
  readonly type: string;
  readonly title: string;
  /** One sentence. */
  readonly summary: string;
  /** Where the palette puts it: `flow`, `function`, `network`, `storage`, `bot`, `example` … */
  readonly category: string;
  /** A Tabler icon name (`clock`, `code`, `world`). */
  readonly icon?: string;
  /** A CSS colour name of the editor's set: `blue`, `teal`, `orange`, `grape` … Default: by category. */
  readonly color?: string;
  /** Markdown: what it does, and one example config. */
  readonly docs?: string;
  readonly config: C;
  readonly inputs: I;
  readonly outputs: O;
  /**
   * More outputs, named by the config: paths with `[]` for every item. `["rules[].port"]` makes the `port` of
   * each rule an output; a path to a plain string makes that one an output.
   */
  readonly outputsFrom?: readonly string[];
  /** True: any output name may be wired (scripts). */
  readonly openOutputs?: boolean;
  /** Messages handled at once. Default 1, which keeps the order. */
  readonly concurrency?: number;
  /** Default limit of one handling in milliseconds; 0 is none. Default 60 s. */
  readonly timeoutMs?: number;
  /** A person can fire it by a button on the node: it returns `fire`. */
  readonly manual?: boolean;
  /**
   * Where it runs: on every engine (default), on one at a time (elsewhere it stands by, and its inputs wait), or on
   * every engine with a part of the work each (`context.shards`).
   */
  readonly placement?: "every" | "one" | "shards";
  start(
    context: NodeContext<Static<C>, Extract<keyof O, string> | (string & {})>,
  ): Running<I> | void | Promise<Running<I> | void>;
}

/** A definition whose schemas are not known in detail: what registries and catalogues hold. */
// biome-ignore lint/suspicious/noExplicitAny: `start` is contravariant in its schemas; only any accepts them all
export type AnyNodeDefinition = NodeDefinition<any, any, any>;

/** Says that an object is a node definition, and types its parts from each other. */
export function defineNode<
  C extends TSchema,
  I extends PortSchemas = NoPorts,
  O extends PortSchemas = NoPorts,
>(definition: NodeDefinition<C, I, O>): NodeDefinition<C, I, O> {
  return definition;
}
