// The plan: a validated flow with everything resolved, ready to run. It never changes after it is made.
import type { AnyNodeDefinition } from "@millrace/sdk";
import type { DeliveryKind, Durability, JsonSchema, Overflow, TopicFormat } from "./document.ts";

export interface Plan {
  /** The flow's name: its file name without `.json`. */
  readonly flow: string;
  readonly title: string;
  readonly topics: ReadonlyMap<string, PlannedTopic>;
  readonly nodes: ReadonlyMap<string, PlannedNode>;
}

export interface PlannedTopic {
  readonly name: string;
  /** Name starts with "/": shared by all flows, and exactly this name in Redis. */
  readonly shared: boolean;
  readonly delivery: DeliveryKind;
  readonly format: TopicFormat;
  readonly schema: JsonSchema | undefined;
  /** The protobuf type of payloads: .proto text and the full type name. */
  readonly proto: { readonly text: string; readonly file: string; readonly type: string } | undefined;
  readonly validate: boolean;
  readonly durability: Durability;
  /** Messages that may wait. */
  readonly limit: number;
  readonly overflow: Overflow;
  readonly partitions: number;
  readonly key: string | undefined;
  readonly retention: { readonly messages: number; readonly ageMs?: number; readonly bytes?: number };
  readonly retry: Retry;
  /** Name of the topic for messages that were given up; undefined for other deliveries than stream. */
  readonly deadLetter: string | undefined;
  /** Changes when anything above does. */
  readonly fingerprint: string;
}

export interface Retry {
  readonly attempts: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

export interface PlannedInput {
  readonly topic: string;
  readonly from: "new" | "start";
}

export interface PlannedNode {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  /** Undefined when the type is not installed: the node fails alone. */
  readonly definition: AnyNodeDefinition | undefined;
  /** Where the definition came from, with version; its change restarts the node. */
  readonly origin: string;
  /** Resolved ($file, ${ENV}), validated, with defaults. `{ $secret }` stays and is read when the node starts. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: ReadonlyMap<string, readonly PlannedInput[]>;
  readonly outputs: ReadonlyMap<string, readonly string[]>;
  /** Undefined: what the topic of the input says, or one attempt. */
  readonly retry: Retry | undefined;
  /** Milliseconds; undefined: what the definition says. */
  readonly timeoutMs: number | undefined;
  readonly concurrency: number | undefined;
  /** Changes when the node must be restarted: anything above, or the topics it is wired to. */
  readonly fingerprint: string;
}

/** Node types by name, as the plugins know them. */
export interface TypeRegistry {
  get(
    type: string,
  ):
    | { readonly definition: AnyNodeDefinition; readonly package: string; readonly version: string }
    | undefined;
  /** All type names, for suggestions. */
  types(): Iterable<string>;
}
