// Who holds what of the input stream, as Redis knows it: entries that were handed out and are not settled.
import { Redis } from "ioredis";
import { sleep } from "./trial.ts";

const STREAM_KEY = "mr:{main}:topic:numbers";
const GROUP = "main/work";
const LOOK_EVERY_MS = 20;

export class Holders implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #keys: readonly string[];

  /** `partitions`: of the input; undefined: it is one stream. */
  constructor(port: number, partitions?: number) {
    this.#redis = new Redis({ port, host: "127.0.0.1" });
    this.#keys = partitions
      ? Array.from({ length: partitions }, (_, part) => `${STREAM_KEY}:${part}`)
      : [STREAM_KEY];
  }

  /** Entries that the engine's consumers, of all its runs, hold. */
  async heldBy(engine: string): Promise<number> {
    const counts = await Promise.all(this.#keys.map((key) => this.#heldOf(key, engine)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** False when it holds as many all the time. */
  async holdsLess(engine: string, than: number, withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs;
    while (performance.now() < until) {
      if ((await this.heldBy(engine)) < than) return true;
      await sleep(LOOK_EVERY_MS);
    }
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#redis.disconnect();
  }

  async #heldOf(key: string, engine: string): Promise<number> {
    const consumers = (await this.#redis.xinfo("CONSUMERS", key, GROUP)) as unknown[][];
    let held = 0;
    for (const fields of consumers) {
      const of = new Map<unknown, unknown>();
      for (let at = 0; at < fields.length; at += 2) of.set(fields[at], fields[at + 1]);
      if (String(of.get("name")).startsWith(`${engine}:`)) held += Number(of.get("pending"));
    }
    return held;
  }
}
