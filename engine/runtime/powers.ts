// What the runtime is given for its nodes: it knows neither HTTP, nor how scripts are isolated, nor where secrets lie.
import type { Clock, HttpPower, NodeFailure, NodeStatusEvent, ScriptPower } from "@millrace/sdk";
import type { Logger } from "../base/logger.ts";
import type { Ownership } from "../cluster/ownership.ts";
import type { TopicSpace } from "../topics/topic-space.ts";
import type { TreeState } from "../topics/tree-state.ts";
import type { FlowListener } from "./events.ts";
import type { Frames } from "./frames.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Watchers } from "./watchers.ts";

/** The same for all flows of an engine. */
export interface Powers {
  readonly clock: Clock;
  readonly log: Logger;
  readonly frames: Frames;
  readonly scheduler: Scheduler;
  readonly state: TreeState;
  readonly http: HttpPower;
  readonly scripts: (flow: string) => ScriptPower;
  readonly secret: (name: string) => Promise<string | undefined>;
  readonly env: (name: string) => string | undefined;
  readonly listener: FlowListener;
}

/** What the nodes of one flow share. */
export interface FlowParts {
  readonly flow: string;
  readonly topics: TopicSpace;
  readonly failures: Watchers<NodeFailure>;
  readonly statuses: Watchers<NodeStatusEvent>;
  /** Who has what only one engine may have; undefined: there is one engine only, and it has everything. */
  readonly ownership: Ownership | undefined;
  /** How long messages in flight may take when a node ends. */
  readonly drainTimeoutMs: number;
}
