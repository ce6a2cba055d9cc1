// Clusters of engines for tests: several places in one process, on one real Redis.
import type { Backend } from "../../../engine/backend/backend.ts";
import type { Fence } from "../../../engine/backend/leases.ts";
import { openRedis } from "../../../engine/backend/redis/redis.ts";
import { type Cluster, openCluster, type PartHolder } from "../../../engine/cluster/index.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

export const LEASE_MS = 1000;

export interface Place extends AsyncDisposable {
  readonly engine: string;
  readonly cluster: Cluster;
  readonly backend: Backend;
  readonly gone: string[];
  /** How often this boot was declared dead. */
  readonly losses: () => number;
}

export async function place(
  url: string,
  engine: string,
  options: { namespace?: string; leaseMs?: number; keep?: string } = {},
): Promise<Place> {
  const namespace = options.namespace ?? "mr";
  const { logger } = quietLogger();
  const backend = await openRedis({ url, namespace, engineId: engine, logger });
  const cluster = await openCluster({
    backend,
    // The keeper may be sent through another address, to cut it off.
    redis: { url: options.keep ?? url, namespace },
    engineId: engine,
    leaseMs: options.leaseMs ?? LEASE_MS,
    handOverMs: 2_000,
    about: { host: "test" },
    log: logger,
  });
  const gone: string[] = [];
  let losses = 0;
  cluster.onGone(async (consumer) => {
    gone.push(consumer);
    return true;
  });
  cluster.onLost(() => {
    losses++;
  });
  return {
    engine,
    cluster,
    backend,
    gone,
    losses: () => losses,
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

/** Keeps what it holds, and every change of it. */
export class Holder implements PartHolder {
  readonly parts = new Map<number, Fence>();
  readonly history: string[] = [];

  gained(part: number, fence: Fence): void {
    this.parts.set(part, fence);
    this.history.push(`gained ${part} in ${fence.epoch}`);
  }

  async lost(part: number, signal: AbortSignal): Promise<void> {
    this.history.push(`${signal.aborted ? "lost" : "hands over"} ${part}`);
    this.parts.delete(part);
  }
}
