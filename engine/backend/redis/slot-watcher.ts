// Waits for many streams of one server with one connection: `XREAD BLOCK` over all streams that some reader waits on,
// woken with CLIENT UNBLOCK when a stream is added. Readers then ask for their entries on the connection for commands,
// so a hundred readers need one blocked connection, and what foreign programs XADD is noticed as well.
import type { Redis } from "ioredis";
import { backendClosed, errorText } from "../../base/errors/index.ts";
import type { Logger } from "../../base/logger.ts";
import { delay } from "./delay.ts";
import { listOf, textOf } from "./replies.ts";

const BLOCK_MS = 2000;
/** A blocked call that is silent for longer than this hangs on a dead connection. */
const HANG_MS = BLOCK_MS + 3000;

interface Waiter {
  readonly after: string;
  readonly wake: () => void;
}

export class SlotWatcher implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #unblock: (clientId: number) => Promise<unknown>;
  readonly #logger: Logger;
  readonly #waiters = new Map<string, Set<Waiter>>();
  /** The streams that the call in flight watches. */
  #watched: ReadonlyMap<string, string> | undefined;
  #clientId = 0;
  #running = false;
  #ringing = false;
  #arrived: (() => void) | undefined;
  readonly #closing = new AbortController();

  /** `redis`: a connection for this alone. `unblock` sends CLIENT UNBLOCK to the same server. */
  constructor(options: {
    redis: Redis;
    unblock: (clientId: number) => Promise<unknown>;
    logger: Logger;
  }) {
    this.#redis = options.redis;
    this.#unblock = options.unblock;
    this.#logger = options.logger;
    this.#redis.on("error", (error) =>
      this.#logger.debug(`The reading connection to Redis failed: ${errorText(error)}`),
    );
    this.#redis.on("close", () => {
      this.#clientId = 0;
    });
    this.#redis.on("ready", () => void this.#introduce());
  }

  /** Whether somebody waits. */
  get busy(): boolean {
    return this.#waiters.size > 0;
  }

  /**
   * Resolves when the stream may hold an entry after `after`, or after `ms`, or when the signal is aborted. May resolve
   * for nothing; never sleeps through an entry while Redis answers. Throws `backend/closed`.
   */
  until(key: string, after: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closing.signal.aborted) {
        reject(backendClosed({}));
        return;
      }
      const waiters = this.#waiters.get(key) ?? new Set<Waiter>();
      this.#waiters.set(key, waiters);
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        waiters.delete(waiter);
        if (waiters.size === 0 && this.#waiters.get(key) === waiters) this.#waiters.delete(key);
        resolve();
      };
      const waiter: Waiter = { after, wake: done };
      const timer = setTimeout(done, ms);
      waiters.add(waiter);
      if (signal.aborted) done();
      else signal.addEventListener("abort", done);
      if (!this.#running) void this.#run();
      else if (this.#watched?.has(key) === false) void this.#ring();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#arrived?.();
    this.#redis.disconnect();
    for (const key of [...this.#waiters.keys()]) this.#wake(key);
  }

  async #introduce(): Promise<void> {
    try {
      this.#clientId = Number(await this.#redis.client("ID"));
      this.#arrived?.();
    } catch {
      // The connection closed again, or Redis is not ready: another introduction follows.
      await delay(100, this.#closing.signal);
      if (this.#redis.status === "ready" && !this.#closing.signal.aborted) void this.#introduce();
    }
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiters.size > 0 && !this.#closing.signal.aborted) {
      if (this.#clientId === 0) await this.#connected();
      else await this.#look();
    }
    this.#running = false;
  }

  async #connected(): Promise<void> {
    const arrived = new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    if (this.#redis.status === "wait") this.#redis.connect().catch(() => undefined);
    await arrived;
    this.#arrived = undefined;
  }

  async #look(): Promise<void> {
    const watched = new Map<string, string>();
    for (const [key, waiters] of this.#waiters) watched.set(key, earliest(waiters));
    this.#watched = watched;
    const hang = setTimeout(() => this.#redis.disconnect(true), HANG_MS);
    try {
      const args = ["COUNT", 1, "BLOCK", BLOCK_MS, "STREAMS", ...watched.keys(), ...watched.values()];
      const reply = await this.#redis.callBuffer("XREAD", args);
      for (const [key] of listOf(reply).map(listOf)) this.#wake(textOf(key));
    } catch (error) {
      // A key that is no stream, or a closed connection: the readers ask for themselves, and hear why.
      this.#watched = undefined;
      await delay(100, this.#closing.signal);
      if (error instanceof Error && error.name === "ReplyError") {
        // The slot is another server's now: the next connection goes there.
        if (/^(MOVED|ASK|CLUSTERDOWN)\b/.test(error.message)) this.#redis.disconnect(true);
        for (const key of watched.keys()) this.#wake(key);
      }
    } finally {
      clearTimeout(hang);
      this.#watched = undefined;
    }
  }

  /** Ends the call in flight, so that the next one watches the new streams too. */
  async #ring(): Promise<void> {
    if (this.#ringing) return;
    this.#ringing = true;
    // Again until it has ended: the first UNBLOCK may overtake the call on its own connection.
    while (this.#missesSome() && this.#clientId !== 0) {
      try {
        await this.#unblock(this.#clientId);
      } catch {
        break;
      }
      if (this.#missesSome()) await delay(1);
    }
    this.#ringing = false;
  }

  /** Whether the call in flight leaves out a stream that somebody waits on. */
  #missesSome(): boolean {
    const watched = this.#watched;
    return watched !== undefined && [...this.#waiters.keys()].some((key) => !watched.has(key));
  }

  #wake(key: string): void {
    for (const waiter of [...(this.#waiters.get(key) ?? [])]) waiter.wake();
  }
}

/** Readers of one stream seldom differ; the first is right or early, which only wakes the others for nothing. */
function earliest(waiters: ReadonlySet<Waiter>): string {
  let found = "";
  for (const { after } of waiters) if (found === "" || isEarlier(after, found)) found = after;
  return found;
}

function isEarlier(left: string, right: string): boolean {
  const [leftMs = "", leftNumber = ""] = left.split("-");
  const [rightMs = "", rightNumber = ""] = right.split("-");
  const difference = BigInt(leftMs) - BigInt(rightMs) || BigInt(leftNumber) - BigInt(rightNumber);
  return difference < 0n;
}
