// The flow file as a document: what a person writes and git stores. `flow.schema.json` says the same in JSON Schema.

export type DeliveryKind = "memory" | "pubsub" | "stream";
export type TopicFormat = "millrace" | "json" | "text" | "binary";
export type Overflow = "wait" | "drop-oldest" | "drop-newest" | "fail";
export type Durability = "written" | "synced" | "replicated";

export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

export interface FlowDocument {
  readonly $schema?: string;
  readonly title?: string;
  /** Markdown. */
  readonly description?: string;
  /** npm modules, or paths from the flow file. */
  readonly packages?: readonly string[];
  readonly topics?: Readonly<Record<string, TopicDocument>>;
  readonly types?: Readonly<Record<string, FlowTypeDocument>>;
  readonly nodes?: Readonly<Record<string, NodeDocument>>;
}

export interface TopicDocument {
  readonly delivery?: DeliveryKind;
  readonly title?: string;
  readonly schema?: JsonSchema;
  /** `file.proto#pkg.Type`. */
  readonly proto?: string;
  readonly validate?: boolean;
  readonly format?: TopicFormat;
  readonly durability?: Durability;
  readonly limit?: number;
  readonly overflow?: Overflow;
  readonly partitions?: number;
  readonly key?: string;
  readonly retention?: { readonly messages?: number; readonly age?: string; readonly bytes?: number };
  readonly retry?: RetryDocument;
  readonly deadLetter?: string;
}

export interface RetryDocument {
  /** Tries in all, the first included. */
  readonly attempts?: number;
  /** `200ms` (fixed) or `200ms..30s` (doubling, with jitter, up to). */
  readonly backoff?: string;
}

/** A node type scripted in the flow itself. */
export interface FlowTypeDocument {
  readonly title?: string;
  readonly summary?: string;
  readonly icon?: string;
  readonly color?: string;
  /** JSON Schema of the config's properties, or a whole object schema. */
  readonly config?: JsonSchema;
  readonly inputs?: Readonly<Record<string, JsonSchema>>;
  readonly outputs?: Readonly<Record<string, JsonSchema>>;
  readonly code: string | FileReference;
}

export interface FileReference {
  readonly $file: string;
}

export type InputDocument = string | { readonly topic: string; readonly from?: "new" | "start" };

export interface NodeDocument {
  readonly type: string;
  readonly title?: string;
  readonly disabled?: boolean;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, readonly InputDocument[]>>;
  readonly outputs?: Readonly<Record<string, readonly string[]>>;
  readonly retry?: RetryDocument;
  /** Limit of one handling, a duration; "0s" is none. */
  readonly timeout?: string;
  readonly concurrency?: number;
}

/** Where things stand on the canvas; `x.layout.json` beside the flow. Changes no logic. */
export interface LayoutDocument {
  readonly nodes?: Readonly<
    Record<string, { readonly x: number; readonly y: number; readonly collapsed?: boolean }>
  >;
  /** Topics that are drawn as a pill of their own: those that nothing here emits into, or nothing here reads. */
  readonly topics?: Readonly<Record<string, { readonly x: number; readonly y: number }>>;
  readonly groups?: readonly { id: string; title: string; color?: string; nodes: readonly string[] }[];
  readonly notes?: readonly {
    id: string;
    text: string;
    x: number;
    y: number;
    width: number;
    height: number;
  }[];
  readonly viewport?: { readonly x: number; readonly y: number; readonly zoom: number };
}

/** A flow as it is sent, stored as a revision and read from disk: the logic, where it stands, its files' text. */
export interface FlowBundle {
  readonly flow: FlowDocument;
  readonly layout: LayoutDocument;
  /** Text of each `$file`, by its path relative to the flow's folder. */
  readonly files: Readonly<Record<string, string>>;
}
