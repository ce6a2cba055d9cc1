// A look at what a shared backend holds, for a person who asks whether all is well. Never part of the work: it may cost
// the server a walk over the keys of the namespace.
import type { LeaseAddress, TopicAddress } from "./backend.ts";

/** One server that takes writes, as it stands now. */
export interface InspectedServer {
  /** `host:port`, or what the address names. */
  readonly name: string;
  readonly product: string;
  readonly version: string;
  /** What it removes when its memory is full. */
  readonly eviction: string;
  readonly appendOnly: boolean;
  /** Undefined when this user may not ask. */
  readonly appendFsync: string | undefined;
  readonly usedMemoryBytes: number;
  /** 0: no limit. */
  readonly memoryLimitBytes: number;
  /** How far its clock is ahead of ours, as well as the network lets us tell. */
  readonly clockAheadMs: number;
}

export interface InspectedConsumer {
  readonly name: string;
  readonly pending: number;
  /** At least so long since it last asked for anything. */
  readonly idleMs: number;
}

export interface InspectedGroup {
  readonly group: string;
  readonly lag: number;
  readonly pending: number;
  /** Without those put aside, which nobody holds. */
  readonly consumers: readonly InspectedConsumer[];
}

/** Something of the engine's own that the backend holds. `key`: as the backend calls it, for people. */
export type InspectedKey = { readonly key: string } & (
  | { readonly kind: "stream"; readonly address: TopicAddress }
  | { readonly kind: "state"; readonly scope: string }
  | { readonly kind: "lease"; readonly lease: LeaseAddress }
  | { readonly kind: "revisions"; readonly flow: string }
  | { readonly kind: "other" }
);

export interface Inspector {
  /** Undefined: there is no server. */
  servers(): Promise<InspectedServer[] | undefined>;
  /** Everything of the engine's own. In Redis shared topics are outside of the namespace, and not listed. */
  keys(): Promise<InspectedKey[]>;
  /** Of a stream that need not exist: then []. */
  groups(stream: TopicAddress): Promise<InspectedGroup[]>;
  /** What removes a group that nobody needs. */
  removalOf(stream: TopicAddress, group: string): string;
}
