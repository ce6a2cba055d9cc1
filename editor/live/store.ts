// What runs, as the engines tell it: kept apart from the drafts, so that a thousand messages a second redraw a
// number and nothing else. Keys are `<flow>/<node>` and `<flow>/<topic>`. Every list has a limit.
import { createStore, type StoreApi } from "zustand/vanilla";
import type {
  DebugEvent,
  EngineInfo,
  HealthReport,
  LogLineEvent,
  NodeCounts,
  NodeStatusEvent,
  TopicMessageEvent,
} from "../../engine/admin/api.ts";

export const DEBUG_LIMIT = 1_000;
export const LOG_LIMIT = 1_000;
export const TAP_LIMIT = 200;

export type Connection = "connecting" | "connected" | "disconnected";

export interface TopicStats {
  readonly rate: number;
  readonly waiting: number;
  readonly limit: number;
}

/** An entry of a ring, numbered so that lists have stable keys. */
export type Numbered<T> = T & { readonly serial: number };

export interface LiveState {
  readonly connection: Connection;
  readonly nodes: Readonly<Record<string, NodeStatusEvent>>;
  readonly counts: Readonly<Record<string, NodeCounts>>;
  readonly topics: Readonly<Record<string, TopicStats>>;
  /** Oldest first, at most DEBUG_LIMIT, of all flows. */
  readonly debug: readonly Numbered<DebugEvent>[];
  /** Oldest first, at most LOG_LIMIT. */
  readonly log: readonly Numbered<LogLineEvent>[];
  /** By `<flow>/<topic>`, oldest first, at most TAP_LIMIT each. */
  readonly taps: Readonly<Record<string, readonly Numbered<TopicMessageEvent>[]>>;
  /** Messages that rooms left out because there were too many, by room. */
  readonly leftOut: Readonly<Record<string, number>>;
  readonly engines: readonly EngineInfo[];
  readonly health: HealthReport | null;
}

export type LiveStore = StoreApi<LiveState>;

export function createLiveStore(): LiveStore {
  return createStore<LiveState>(() => ({
    connection: "connecting",
    nodes: {},
    counts: {},
    topics: {},
    debug: [],
    log: [],
    taps: {},
    leftOut: {},
    engines: [],
    health: null,
  }));
}

export function liveKey(flow: string, name: string): string {
  return `${flow}/${name}`;
}
