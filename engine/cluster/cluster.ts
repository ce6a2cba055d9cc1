// An engine's place among the others: membership, who is gone, and what is shared out. With the embedded backend there
// are no others, and everything is this engine's.
import type { Backend } from "../backend/backend.ts";
import type { Logger } from "../base/logger.ts";
import { LocalOwnership } from "./local-ownership.ts";
import { consumerName, type MemberCard, makeBootId } from "./member.ts";
import type { Ownership } from "./ownership.ts";
import { RedisCluster } from "./redis-cluster.ts";

export type About = Readonly<Record<string, unknown>>;

export interface Cluster extends AsyncDisposable {
  /** Of this run of the engine; another one after `rejoin`. Consumers of streams are `<engine>:<boot>`. */
  readonly bootId: string;
  readonly ownership: Ownership;
  /** The boots that are there, this one included. */
  living(): readonly MemberCard[];
  /** Boots that are gone and may have left entries pending. */
  gone(): readonly string[];
  /** What this engine tells people of itself. */
  tell(about: About): void;
  /**
   * A boot (`<engine>:<boot>`) is gone: ended, or declared dead. The listener takes over what it had, and answers true
   * when nothing of it can be left; as long as one answers false it is asked again now and then.
   */
  onGone(listener: (consumer: string) => Promise<boolean>): Disposable;
  /** The members were looked at; called a few times a second. */
  onLook(listener: () => void): Disposable;
  /** This boot was declared dead by the others: all it does is void, until it has started anew and called `rejoin`. */
  onLost(listener: () => void): Disposable;
  /** Takes a place anew, as another boot. */
  rejoin(): Promise<void>;
}

export interface ClusterOptions {
  readonly backend: Backend;
  /** Where the keeper's thread connects to; needed with the Redis backend. */
  readonly redis: { readonly url: string; readonly namespace: string } | undefined;
  readonly engineId: string;
  readonly leaseMs: number;
  /** How long the main loop may stand still before the process is ended. */
  readonly blockLimitMs?: number;
  /** How long a planned hand-over waits for what is under way. */
  readonly handOverMs: number;
  readonly about: About;
  readonly log: Logger;
}

/** Resolves when this engine has its place. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { redis } = options;
  if (options.backend.kind === "embedded" || !redis) return aloneOn(options);
  return RedisCluster.join({ ...options, redis });
}

function aloneOn({ backend, engineId, log, about }: ClusterOptions): Cluster {
  const bootId = makeBootId(Date.now());
  const consumer = consumerName(engineId, bootId);
  const listeners = new Set<() => void>();
  let card: MemberCard = { consumer, engine: engineId, shares: [], about };
  const never: Disposable = { [Symbol.dispose]: () => undefined };
  return {
    bootId,
    ownership: new LocalOwnership({ leases: backend.leases, consumer, engine: engineId, log }),
    living: () => [card],
    gone: () => [],
    tell(next) {
      card = { ...card, about: next };
      for (const listener of listeners) listener();
    },
    onGone: () => never,
    onLook(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    onLost: () => never,
    rejoin: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
