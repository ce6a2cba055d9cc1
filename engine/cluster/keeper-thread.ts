// The thread that keeps the member lease, over a connection of its own, and watches that the main loop still turns: a
// loop that does not for too long ends the process, since others wait for what it holds.
import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { openRedisLeases, type RedisLeasesOptions } from "../backend/redis/open-leases.ts";
import { errorText } from "../base/errors/error.ts";
import { createLogger } from "../base/logger.ts";
import { BlockWatch } from "./block-watch.ts";
import { Keeper } from "./keeper.ts";
import { monotonicMs } from "./monotonic.ts";
import { Signs } from "./signs.ts";

export interface KeeperThreadData {
  readonly redis: RedisLeasesOptions;
  readonly consumer: string;
  readonly leaseMs: number;
  readonly blockLimitMs: number;
  readonly memory: SharedArrayBuffer;
}

/** To the main loop. */
export type FromKeeper =
  | { readonly kind: "joined" }
  | { readonly kind: "lost" }
  | { readonly kind: "left" }
  | { readonly kind: "failed"; readonly reason: string };

/** To this thread. */
export type ToKeeper = { readonly kind: "leave" };

const LOOK_EVERY_MS = 250;

const data: KeeperThreadData = workerData;
const tell = (message: FromKeeper) => parentPort?.postMessage(message);

const signs = new Signs(data.memory);
// What the connection has to say, that of the main loop says too.
const silent = createLogger({ level: "silent", json: true, write: () => undefined });

try {
  const connection = await openRedisLeases(data.redis, silent);
  const keeper = new Keeper({
    leases: connection.leases,
    consumer: data.consumer,
    leaseMs: data.leaseMs,
    signs,
    now: monotonicMs,
    sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
  });
  await keeper.join();
  tell({ kind: "joined" });
  const watching = watchMainLoop(keeper);
  parentPort?.once("message", async (_: ToKeeper) => {
    clearInterval(watching);
    await keeper.leave().catch(() => undefined); // then the lease dies of itself
    await connection[Symbol.asyncDispose]();
    tell({ kind: "left" });
  });
  const end = await keeper.beat();
  if (end === "lost") {
    clearInterval(watching);
    tell({ kind: "lost" });
  }
} catch (error) {
  tell({ kind: "failed", reason: errorText(error) });
}

function watchMainLoop(keeper: Keeper): NodeJS.Timeout {
  const watch = new BlockWatch({ limitMs: data.blockLimitMs, lookEveryMs: LOOK_EVERY_MS });
  return setInterval(() => {
    if (!watch.look(signs.turns, monotonicMs())) return;
    keeper.stop();
    writeSync(
      2,
      `The engine's main loop has stood still for ${data.blockLimitMs / 1000} s: code of a node blocks it. Other engines wait for what this one holds, so it ends now. Let that node work in smaller steps.\n`,
    );
    process.kill(process.pid, "SIGKILL");
  }, LOOK_EVERY_MS);
}
