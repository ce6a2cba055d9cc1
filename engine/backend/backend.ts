// The port to where topics, state and revisions live. `embedded/` (one process, SQLite) and `redis/` stand behind
// it and pass the same contract suite (test/contracts/backend.ts). Bodies are bytes: the codec is not known here.

import type { Inspector } from "./inspector.ts";
import type { Fence, LeaseStore } from "./leases.ts";

export type { Fence, LeaseAddress, LeaseState, LeaseStore } from "./leases.ts";

/** A topic in the backend. `flow` undefined: a shared topic, whose key is exactly its name. */
export interface TopicAddress {
  readonly flow: string | undefined;
  readonly topic: string;
  /** Of a topic that is divided: each part is a stream of its own, counted from 0. */
  readonly partition?: number;
}

/**
 * The revision of a flow that wants something of a group, as of the moment of the call. Groups follow the newest: only
 * for it they are made or removed, so that what one revision removed is not made anew by who still runs the one before.
 */
export interface AsOf {
  readonly flow: string;
  readonly revision: number;
}

/** Who reads a stream: the group is `<flow>/<node>`, the consumer `<engine id>:<boot id>`, never reused. */
export interface Subscription {
  readonly stream: TopicAddress;
  readonly group: string;
  readonly consumer: string;
  /** A missing group is made anew only while this is the newest revision; undefined: always. */
  readonly asOf?: AsOf | undefined;
}

export interface StreamEntry {
  /** `<ms>-<seq>`; orders the stream. */
  readonly id: string;
  /** Field `m`; undefined when a foreign program wrote other fields. */
  readonly body: Uint8Array | undefined;
  /** All fields as text, when there is no `m`. */
  readonly fields: Readonly<Record<string, string>> | undefined;
  /**
   * How often it was handed out before, to whomever, without being settled, deferred or released: a read as new
   * counts, and a claim; looking at one's own pending entries does not. So it says how many owners went away while
   * they had it; for own pending entries, which count the present owner, that is one less.
   */
  readonly deliveries: number;
  /** How often it was deferred. */
  readonly failures: number;
  /** The only group it is meant for; others settle it as it is. Of entries that were put back for one group. */
  readonly group?: string;
}

/**
 * What must have a message before its publishing is acknowledged: the memory of the server, its disk, or a replica too.
 * docs/redis.md says what each costs and survives.
 */
export type Durability = "written" | "synced" | "replicated";

/** Names the emission so that repeating it after an unclear failure leaves one entry. */
export interface Producer {
  /** Never reused: `<engine id>:<boot id>` or a source's own name. */
  readonly id: string;
  /** Of the first body; the others follow. Only grows for one producer and stream. */
  readonly sequence: number;
  /** The bodies are taken only while this lease is in this epoch; otherwise `backend/fenced` is thrown. */
  readonly fence?: Fence;
}

export interface PublishResult {
  /** Ids of the entries, in order; undefined where a body was already there from an earlier try. */
  readonly ids: readonly (string | undefined)[];
  /** Most messages that any group has still to settle (unread and pending), after this publish. */
  readonly waiting: number;
}

export type Effect =
  | {
      readonly kind: "append";
      readonly stream: TopicAddress;
      readonly body: Uint8Array;
      /** The commit is answered when it is as durable as the most durable of its effects. */
      readonly durability?: Durability;
    }
  | { readonly kind: "publish"; readonly channel: TopicAddress; readonly body: Uint8Array }
  /**
   * `value` undefined deletes. With `expected`, the whole commit is applied only if the value is still that one
   * (null: if there is none); otherwise it answers false and the inputs stay pending.
   */
  | {
      readonly kind: "state";
      readonly scope: string;
      readonly key: string;
      readonly value: Uint8Array | undefined;
      readonly expected?: Uint8Array | null;
    };

/** An entry that was handed to a consumer. */
export interface CommitInput {
  readonly subscription: Subscription;
  readonly id: string;
}

/**
 * Settled inputs (usually one; several when a node joined messages, possibly of different streams of one flow) with
 * their effects and their acknowledgement: all or nothing.
 */
export interface Commit {
  readonly inputs: readonly CommitInput[];
  readonly effects: readonly Effect[];
  /** The commit is applied only while these leases are in these epochs; otherwise it answers false. */
  readonly fences?: readonly Fence[];
}

export interface GroupInfo {
  readonly group: string;
  /** Not read by anyone yet. */
  readonly lag: number;
  /** Read, not settled. */
  readonly pending: number;
  readonly consumers: number;
}

export interface StreamInfo {
  readonly length: number;
  readonly groups: readonly GroupInfo[];
}

export interface ReadOptions {
  readonly count: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Entries are handed out only while this lease is in this epoch. */
  readonly fence?: Fence | undefined;
}

export interface PublishOptions {
  readonly durability?: Durability;
  /** The only group that the bodies are meant for. */
  readonly group?: string | undefined;
}

export interface Removal {
  readonly id: string;
  /** Appended to a stream when the entry was there. */
  readonly instead?: {
    readonly stream: TopicAddress;
    readonly body: Uint8Array;
    /** The only group it is meant for. */
    readonly group?: string | undefined;
  };
}

export interface StreamStore {
  /** Throws `backend/durability-unavailable` when the backend, as it stands now, cannot promise so much. */
  requireDurability(stream: TopicAddress, durability: Durability): Promise<void>;
  /**
   * Makes the group when it is missing, at the end ("new") or the beginning ("start"). Made before any publisher
   * of the deploy starts. `existed`: it was there and keeps its place. `outdated`: it is missing, and the flow has a
   * newer revision than `asOf`, which makes the group if it wants it.
   */
  ensureGroup(
    stream: TopicAddress,
    group: string,
    from: "new" | "start",
    asOf?: AsOf,
  ): Promise<"made" | "existed" | "outdated">;
  /**
   * Removes the group and what it has put aside; the messages stay, for other groups and as long as retention says. How
   * many it had still to settle; undefined: there was none, or `asOf` is not the newest revision of its flow.
   */
  removeGroup(stream: TopicAddress, group: string, asOf?: AsOf): Promise<number | undefined>;
  /** Appends in order, durably, each once for its producer and sequence. Repeating it is safe; callers retry. */
  publish(
    stream: TopicAddress,
    producer: Producer,
    bodies: readonly Uint8Array[],
    options?: PublishOptions,
  ): Promise<PublishResult>;
  /**
   * New entries for this consumer, oldest first, up to `count`; waits up to `waitMs` for the first. A group that is
   * missing is made anew at the oldest entry; where it may not be (`asOf`) nothing is read. [] on abort,
   * and when the connection broke meanwhile (entries may have been handed out unseen: own pending first). [] at once
   * when the lease of the fence is in another epoch.
   */
  read(subscription: Subscription, options: ReadOptions): Promise<StreamEntry[]>;
  /** Entries handed to this consumer and not settled, after `after` (exclusive; "0" from the first). */
  readOwnPending(subscription: Subscription, after: string, count: number): Promise<StreamEntry[]>;
  /**
   * Takes over pending entries of consumers whose name starts with `prefix`, other than this consumer, up to `count`,
   * the oldest of one consumer first (with "" the oldest of all, and what was put aside too); the rest stays theirs.
   * Consumers that hold nothing any more are removed. Claim only from those that are gone: an engine's own earlier
   * boots, and members that are known to be dead.
   */
  claim(subscription: Subscription, prefix: string, count: number): Promise<StreamEntry[]>;
  /**
   * The consumer stops in an orderly way: what it still holds counts as not handed out, so that whoever claims it
   * does not take it for the cause of a crash.
   */
  release(subscription: Subscription): Promise<void>;
  /**
   * Puts an entry aside for `delayMs`: it stays pending for the group, under the same id, held by no consumer, and
   * counts one more failure. False, and nothing happens, when it is not this consumer's any more.
   */
  defer(subscription: Subscription, id: string, delayMs: number): Promise<boolean>;
  /**
   * Takes entries of the group that were put aside and whose time has come (with `early`: all), oldest due first, up
   * to `count`. `nextMs`: how long until the next one is due; undefined: none is put aside.
   */
  takeDue(
    subscription: Subscription,
    count: number,
    options?: { early?: boolean },
  ): Promise<{ entries: StreamEntry[]; nextMs: number | undefined }>;
  /**
   * For each commit: if all its inputs are still pending for their consumers, applies the effects in order and
   * acknowledges the inputs, in one atomic step; otherwise does nothing. True where it was applied. Repeating a
   * commit after an unclear failure is safe, but then answers false where the first try had applied it: callers
   * that lost a reply must treat false as "settled by me or by another", never as "not applied".
   */
  commit(commits: readonly Commit[]): Promise<boolean[]>;
  /** Entries from id `from` (inclusive; "0": the oldest) up to `to`, oldest first. Without `from`: the newest. */
  range(
    stream: TopicAddress,
    options: { from?: string; to?: string; limit: number },
  ): Promise<{ entries: StreamEntry[]; next: string | null }>;
  info(stream: TopicAddress): Promise<StreamInfo>;
  /**
   * Removes the oldest entries beyond `messages` or about `bytes`, or older than `ageMs`, never one a group has not
   * settled.
   */
  trim(stream: TopicAddress, keep: { messages: number; ageMs?: number; bytes?: number }): Promise<number>;
  /** Removes the oldest entries beyond `messages`, settled or not. How many of them some group had not settled. */
  drop(stream: TopicAddress, messages: number): Promise<number>;
  /**
   * Removes single entries; each that was still there is replaced, in the same step, by `instead`. False for those
   * that were not there (any more: a repeated call after an unclear failure says so too).
   */
  remove(stream: TopicAddress, removals: readonly Removal[]): Promise<boolean[]>;
}

export interface ChannelStore {
  /** At most once, to every subscriber on every engine. */
  publish(channel: TopicAddress, body: Uint8Array): Promise<void>;
  /** Heard from when the promise resolves until disposed. */
  subscribe(channel: TopicAddress, listener: (body: Uint8Array) => void): Promise<AsyncDisposable>;
  /** `*` stands for any characters of a shared channel's name, or of this flow's topics. */
  subscribePattern(
    pattern: TopicAddress,
    listener: (body: Uint8Array, topic: string) => void,
  ): Promise<AsyncDisposable>;
}

/** Values by scope and key. Scopes: `flow:<flow>`, `node:<flow>/<node>`, `global`. */
export interface StateStore {
  get(scope: string, key: string): Promise<Uint8Array | undefined>;
  set(scope: string, key: string, value: Uint8Array): Promise<void>;
  delete(scope: string, key: string): Promise<void>;
  /** Sets (or deletes, for undefined) only when the value is still `expected`. False: it had changed. */
  compareAndSet(
    scope: string,
    key: string,
    expected: Uint8Array | undefined,
    value: Uint8Array | undefined,
  ): Promise<boolean>;
  keys(scope: string): Promise<string[]>;
}

export interface StoredRevision {
  /** 1, 2, 3 … within the flow. */
  readonly revision: number;
  readonly time: number;
  readonly author: string;
  readonly note: string;
  /** Hash of the content, to recognise a stale file. */
  readonly content: string;
  /** The flow bundle as JSON text. */
  readonly bundle: string;
}

export interface RevisionStore {
  flows(): Promise<string[]>;
  newest(flow: string): Promise<StoredRevision | undefined>;
  get(flow: string, revision: number): Promise<StoredRevision | undefined>;
  /** Newest first, without bundles. */
  list(flow: string): Promise<Omit<StoredRevision, "bundle">[]>;
  /**
   * Stores the next revision when `base` is still the newest (0: none yet); otherwise undefined. Tells the others. With
   * `restore` also when there is none at all, because the backend lost them: the numbers go on behind `base`.
   */
  append(
    flow: string,
    base: number,
    next: Omit<StoredRevision, "revision">,
    options?: { restore?: boolean },
  ): Promise<number | undefined>;
  /** Forgets the flow and its revisions, on every engine. */
  remove(flow: string): Promise<void>;
  /** A hint that some flow has a new revision (or was removed). May be missed: re-read on `up` and now and then. */
  onChange(listener: (flow: string) => void): Disposable;
}

export interface BackendHealth {
  readonly up: boolean;
  /** For people: server and version, or why it is down. */
  readonly text: string;
  /** It came back without the data that this engine knows: nothing is written until `accept`. */
  readonly emptied?: boolean;
}

export interface Backend extends AsyncDisposable {
  readonly kind: "embedded" | "redis";
  /** What a person should know about this backend's settings: what would lose data, in plain words. */
  readonly warnings: readonly string[];
  readonly streams: StreamStore;
  readonly channels: ChannelStore;
  readonly state: StateStore;
  readonly revisions: RevisionStore;
  readonly leases: LeaseStore;
  /** For a person who asks whether all is well; undefined where there is nothing that one process does not know. */
  readonly inspector?: Inspector;
  /**
   * A person says that the backend is right although data is missing: from now on it is written again. `restore` writes
   * what this engine remembers, before the other engines go on. Nothing happens when nothing is missing.
   */
  accept(restore: () => Promise<void>): Promise<void>;
  health(): BackendHealth;
  /** `down` when it stops answering, `up` when it is back (own pending entries must then be drained first). */
  onHealth(listener: (health: BackendHealth) => void): Disposable;
}
