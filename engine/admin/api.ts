// The types of everything that crosses the admin API, HTTP and live. The editor imports types from here only.

import type { Problem } from "../base/errors/error.ts";
import type { FlowDocument, JsonSchema, LayoutDocument } from "../flow/document.ts";

export type { Place, Problem } from "../base/errors/error.ts";
export type {
  DeliveryKind,
  Durability,
  FileReference,
  FlowDocument,
  FlowTypeDocument,
  InputDocument,
  JsonSchema,
  LayoutDocument,
  NodeDocument,
  Overflow,
  RetryDocument,
  TopicDocument,
  TopicFormat,
} from "../flow/document.ts";

export type FlowState = "running" | "stopped" | "invalid";
export type NodeState = "created" | "starting" | "running" | "draining" | "stopped" | "failed";
export type StatusLevel = "idle" | "info" | "ok" | "warning" | "error";

/** GET /api/flows */
export interface FlowSummary {
  readonly name: string;
  readonly title: string;
  readonly revision: number;
  readonly state: FlowState;
  /** How many nodes the flow has. */
  readonly nodes: number;
  /** How many problems its last validation had. */
  readonly problems: number;
}

/** GET /api/flows/:name */
export interface FlowDetail {
  readonly name: string;
  readonly revision: number;
  readonly flow: FlowDocument;
  readonly layout: LayoutDocument;
  /** Text of each `$file`, by its path relative to the flow. */
  readonly files: Readonly<Record<string, string>>;
}

/** PUT /api/flows/:name */
export interface DeployRequest {
  readonly flow: FlowDocument;
  readonly layout?: LayoutDocument;
  readonly files?: Readonly<Record<string, string>>;
  /** The revision the change was made on; 0 for a new flow. Without it the deploy overwrites. */
  readonly baseRevision?: number;
  readonly note?: string;
}

export interface DeployResult {
  readonly revision: number;
  /** Ids of nodes. A restarted node is in both `started` and `stopped`. */
  readonly started: readonly string[];
  readonly stopped: readonly string[];
  readonly kept: readonly string[];
  readonly problems: readonly Problem[];
}

/** 409 body beside `error`: what is newest. */
export interface DeployConflict extends FlowDetail {
  readonly error: ApiError;
}

/** POST /api/flows/:name/validate takes a DeployRequest; 422 bodies have `problems` beside `error`. */
export interface ValidateResult {
  readonly problems: readonly Problem[];
}

export interface ApiError {
  readonly code: string;
  readonly message: string;
}

export interface RevisionSummary {
  readonly revision: number;
  readonly time: number;
  readonly author: string;
  readonly note: string;
}

/** POST …/nodes/:id/inject */
export interface InjectRequest {
  readonly port?: string;
  readonly payload?: unknown;
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface NodeCounts {
  /** Messages taken in, settled, failed after all attempts, tried again, emitted. Since the node started. */
  readonly received: number;
  readonly settled: number;
  readonly failed: number;
  readonly retried: number;
  readonly emitted: number;
}

/** GET /api/flows/:name/nodes/:id */
export interface NodeDetail {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly state: NodeState;
  readonly status: { readonly text: string; readonly level: StatusLevel };
  /** When this instance started, ms since the epoch; null before. */
  readonly startedAt: number | null;
  readonly counts: NodeCounts;
  /** Newest first, at most 10. */
  readonly errors: readonly { readonly time: number; readonly message: string; readonly stack?: string }[];
}

/** GET …/topics/:topic */
export interface TopicDetail {
  readonly delivery: "memory" | "pubsub" | "stream";
  readonly length: number;
  readonly groups: readonly { node: string; waiting: number; pending: number; lag: number }[];
  /** Messages per second, over the last seconds. */
  readonly rate: number;
  /** Messages left out on this engine since it opened the topic: at the limit, unreadable, refused. */
  readonly dropped: number;
  /** Streams: messages that were refused on this engine, since another one sends them. */
  readonly voided: number;
  /** Streams: what became of entries on this engine, by the node that reads them. */
  readonly handled: readonly ({ readonly node: string } & EntryCounts)[];
}

/** docs/operations.md says what each means. */
export interface EntryCounts {
  readonly taken: number;
  readonly redelivered: number;
  readonly claimed: number;
  readonly retried: number;
  readonly committed: number;
  readonly fenced: number;
  readonly undone: number;
  readonly abandoned: number;
  readonly deferred: number;
  readonly deadLettered: number;
  readonly discarded: number;
  readonly unreadable: number;
  readonly crashed: number;
}

export interface TopicMessage {
  readonly entry: string;
  readonly id: string;
  readonly time: number;
  readonly source: string;
  readonly correlationId: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly attempt: number;
  readonly payload: unknown;
}

export interface TopicMessages {
  readonly messages: readonly TopicMessage[];
  readonly next: string | null;
}

/** POST …/topics/:topic/messages */
export type PublishRequest =
  | { readonly payload: unknown; readonly attributes?: Readonly<Record<string, string>> }
  | { readonly messages: readonly { payload: unknown; attributes?: Readonly<Record<string, string>> }[] };

/** POST …/topics/:topic/dead/retry; `payload` replaces that of a single message. */
export interface RetryRequest {
  readonly ids: readonly string[] | "all";
  readonly payload?: unknown;
}

/** DELETE …/topics/:topic/dead */
export interface DiscardRequest {
  readonly ids: readonly string[] | "all";
}

/** POST …/topics/:topic/replay: entries from and to, both included; `group`: only to the node of this id. */
export interface ReplayRequest {
  readonly from: string;
  readonly to: string;
  readonly group?: string;
}

/** How many messages a retry, discard or replay concerned. */
export interface MessageCount {
  readonly count: number;
}

/** GET /api/nodes, GET /api/nodes/:type */
export interface NodeTypeInfo {
  readonly type: string;
  readonly title: string;
  readonly summary: string;
  readonly category: string;
  readonly icon: string;
  readonly color: string;
  readonly config: JsonSchema;
  readonly inputs: Readonly<Record<string, JsonSchema>>;
  readonly outputs: Readonly<Record<string, JsonSchema>>;
  /** Paths into the config that name further outputs: `rules[].port`, or `else`. */
  readonly outputsFrom: readonly string[];
  /** Any output name may be wired. */
  readonly openOutputs: boolean;
  /** It can be fired by hand: inject without a port. */
  readonly source: boolean;
  readonly package: string;
  readonly version: string;
  /** Markdown. */
  readonly docs: string;
}

/** GET /api/engines */
export interface EngineInfo {
  readonly id: string;
  readonly version: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: number;
  readonly flows: readonly string[];
  /** This is the engine that answers. */
  readonly self: boolean;
}

/** GET /api/health */
export interface HealthReport {
  readonly status: "healthy" | "error";
  readonly time: number;
  readonly components: readonly { name: string; healthy: boolean; text: string }[];
}

/** GET /api/doctor */
export interface DoctorReport {
  /** `violated` when an invariant is. */
  readonly status: "sound" | "violated";
  readonly time: number;
  readonly findings: readonly {
    /** Which invariant. */
    readonly check: string;
    readonly level: "ok" | "warning" | "violated";
    /** What was found, and what to do. */
    readonly text: string;
    readonly items: readonly string[];
  }[];
}

export interface Me {
  readonly name: string;
  readonly role: "admin";
}

// ---- live, over socket.io at path /live, default namespace, auth { token } or the session cookie ----

export interface NodeStatusEvent {
  readonly flow: string;
  readonly node: string;
  readonly state: NodeState;
  readonly text: string;
  readonly level: StatusLevel;
  readonly time: number;
}

export interface DebugEvent {
  readonly flow: string;
  readonly node: string;
  readonly label: string;
  readonly time: number;
  /** JSON; what JSON cannot say is shown as text, long values are cut. */
  readonly value: unknown;
  /** True when `value` was cut. */
  readonly cut: boolean;
  readonly message: { readonly id: string; readonly topic: string; readonly correlationId: string } | null;
}

/** Every second, for what changed. */
export interface TopicStatsEvent {
  readonly flow: string;
  readonly topics: readonly { topic: string; rate: number; waiting: number; limit: number }[];
  readonly nodes: readonly ({ node: string } & NodeCounts)[];
}

export interface TopicMessageEvent {
  readonly flow: string;
  readonly topic: string;
  readonly message: TopicMessage;
}

export interface LogLineEvent {
  readonly engine: string;
  readonly time: number;
  readonly level: "trace" | "debug" | "info" | "warn" | "error";
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface DeployEvent {
  readonly flow: string;
  readonly revision: number;
  readonly author: string;
  /** On `deploy-end`: the sentence of what went wrong, when it did. */
  readonly error?: string;
}

/** Some messages of a room were left out because there were too many. */
export interface LeftOutEvent {
  readonly room: string;
  readonly count: number;
}

/** Rooms: `status:<flow>`, `debug:<flow>`, `stats:<flow>`, `tap:<flow>/<topic>`, `log`, `engines`, `deploy`. */
export interface ServerToClientEvents {
  "node-status": (event: NodeStatusEvent) => void;
  "debug-message": (event: DebugEvent) => void;
  "topic-stats": (event: TopicStatsEvent) => void;
  "topic-message": (event: TopicMessageEvent) => void;
  "log-line": (event: LogLineEvent) => void;
  "engine-change": (engines: readonly EngineInfo[]) => void;
  "deploy-start": (event: DeployEvent) => void;
  "deploy-end": (event: DeployEvent) => void;
  "left-out": (event: LeftOutEvent) => void;
}

export interface ClientToServerEvents {
  /** Replaces the set of rooms this socket hears. Unknown rooms are refused by name in the answer. */
  watch: (
    request: { rooms: readonly string[] },
    done?: (answer: { refused: readonly string[] }) => void,
  ) => void;
}
