// The keeper's thread as the main loop sees it.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { RedisLeasesOptions } from "../backend/redis/open-leases.ts";
import { keeperFailed } from "../base/errors/cluster.ts";
import type { FromKeeper, KeeperThreadData, ToKeeper } from "./keeper-thread.ts";
import { Signs } from "./signs.ts";

export interface KeeperHandleOptions {
  readonly redis: RedisLeasesOptions;
  readonly consumer: string;
  readonly leaseMs: number;
  /** How long the main loop may stand still before the process is ended. */
  readonly blockLimitMs: number;
  /** The member lease was lost: others have declared this boot dead. Called at most once. */
  readonly onLost: () => void;
}

/** How long a thread that was told to leave may take: Redis may be away. */
const LEAVE_WITHIN_MS = 2_000;

export class KeeperHandle implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #signs: Signs;
  readonly #turning: NodeJS.Timeout;
  readonly #left = Promise.withResolvers<void>();
  #closed = false;

  private constructor(worker: Worker, signs: Signs) {
    this.#worker = worker;
    this.#signs = signs;
    this.#turning = setInterval(() => signs.turn(), 100).unref();
  }

  /** Resolves when the lease is held. */
  static async start(options: KeeperHandleOptions): Promise<KeeperHandle> {
    const { onLost, ...data } = options;
    const signs = new Signs();
    const extension = extname(import.meta.url);
    const worker = new Worker(new URL(`./keeper-thread${extension}`, import.meta.url), {
      name: "millrace-keeper",
      workerData: { ...data, memory: signs.memory } satisfies KeeperThreadData,
      execArgv: extension === ".ts" ? ["--conditions=millrace-source", "--no-warnings"] : [],
    });
    const handle = new KeeperHandle(worker, signs);
    const joined = Promise.withResolvers<void>();
    const failed = (reason: string) => joined.reject(keeperFailed({ reason }));
    worker.on("message", (message: FromKeeper) => {
      switch (message.kind) {
        case "joined":
          joined.resolve();
          break;
        case "lost":
          onLost();
          break;
        case "left":
          handle.#left.resolve();
          break;
        case "failed":
          failed(message.reason);
          break;
      }
    });
    worker.on("error", (error) => failed(error.message));
    worker.on("exit", () => {
      failed("its thread ended");
      handle.#left.resolve();
      signs.trustUntil(0);
      if (!handle.#closed) onLost();
    });
    try {
      await joined.promise;
      return handle;
    } catch (error) {
      await handle.#end();
      throw error;
    }
  }

  /** In monotonic milliseconds: until then this boot is certainly a member. */
  get trustedUntil(): number {
    return this.#signs.trustedUntil;
  }

  /** Gives the lease back and ends the thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    const leave: ToKeeper = { kind: "leave" };
    this.#worker.postMessage(leave);
    const timer = setTimeout(() => this.#left.resolve(), LEAVE_WITHIN_MS);
    await this.#left.promise;
    clearTimeout(timer);
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#turning);
    await this.#worker.terminate();
  }
}
