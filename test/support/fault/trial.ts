// One trial: engines of one flow as processes of their own, the Redis they share, a workload, and in the end a verdict.
// What goes wrong meanwhile is the suite's doing.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TopicDetail } from "../../../engine/admin/api.ts";
import { EngineProcess, type FlowFolder, flowFolder } from "../engine-process.ts";
import type { RedisSentinels } from "../redis-sentinel.ts";
import type { RedisServer } from "../redis-server.ts";
import type { TcpProxy } from "../tcp-proxy.ts";
import { type FaultFlowOptions, faultFlow, type Result } from "./flow.ts";
import { type Mutant, mutantEnvironment } from "./mutants.ts";
import { type Entry, entriesByApi, entriesInRedis } from "./outcome.ts";
import { TrialRedis } from "./trial-redis.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import { Workload } from "./workload.ts";

const LOOK_EVERY_MS = 40;

export interface TrialOptions {
  readonly backend: "embedded" | "redis";
  readonly mutant?: Mutant | undefined;
  /** Settings of the Redis server. By default every write is on disk before it is answered. */
  readonly redis?: Readonly<Record<string, string>>;
  /** Engines reach Redis through a proxy that can cut. */
  readonly proxied?: boolean;
  /** Redis is a master with a replica, watched by three Sentinels. */
  readonly behindSentinels?: boolean;
  readonly flow?: Omit<FaultFlowOptions, "outside">;
  readonly keys?: number;
  readonly batch?: number;
  /** Of every engine. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export class Trial implements AsyncDisposable {
  readonly workload: Workload;
  readonly flowOptions: FaultFlowOptions;
  readonly #options: TrialOptions;
  readonly #folder: FlowFolder;
  readonly #redis: TrialRedis | undefined;
  /** By name; those that are up. */
  readonly #engines = new Map<string, EngineProcess>();
  /** Those that have ended too. */
  readonly #all: EngineProcess[] = [];
  /** Stopped in their tracks: up, but not to be asked. */
  readonly #paused = new Set<string>();

  private constructor(options: TrialOptions, folder: FlowFolder, redis?: TrialRedis) {
    this.#options = options;
    this.#folder = folder;
    this.#redis = redis;
    this.flowOptions = { ...options.flow, outside: join(folder.folder, "outside.txt") };
    writeFileSync(this.flowOptions.outside, "");
    writeFileSync(folder.flow, JSON.stringify(faultFlow(this.flowOptions)));
    this.workload = new Workload({
      engines: () =>
        [...this.#engines].filter(([name]) => !this.#paused.has(name)).map(([, engine]) => engine),
      keys: options.keys ?? 16,
      batch: options.batch ?? 100,
    });
  }

  /** Nothing runs yet but Redis. */
  static async open(options: TrialOptions): Promise<Trial> {
    const { backend, proxied = false, behindSentinels = false } = options;
    const folder = flowFolder({});
    if (backend === "embedded") return new Trial(options, folder);
    const settings = { appendonly: "yes", appendfsync: "always", ...options.redis };
    return new Trial(options, folder, await TrialRedis.start({ settings, proxied, behindSentinels }));
  }

  get flowFile(): string {
    return this.#folder.flow;
  }

  get redis(): RedisServer {
    if (!this.#redis) throw new Error("This trial has no Redis.");
    return this.#redis.server;
  }

  get proxy(): TcpProxy {
    if (!this.#redis?.proxy) throw new Error("This trial has no proxy.");
    return this.#redis.proxy;
  }

  get sentinels(): RedisSentinels {
    if (!this.#redis?.sentinels) throw new Error("This trial has no Sentinels.");
    return this.#redis.sentinels;
  }

  engine(name = "one"): EngineProcess {
    const engine = this.#engines.get(name);
    if (!engine) throw new Error(`Engine "${name}" is not up.`);
    return engine;
  }

  /** Starts an engine, or starts it again. Rejects when it ends before it is ready. */
  async start(name = "one", environment: Readonly<Record<string, string>> = {}): Promise<EngineProcess> {
    const { mutant, args } = this.#options;
    const engine = await EngineProcess.start({
      flows: this.#folder.flow,
      data: join(this.#folder.folder, `data-${name}`),
      name,
      ...(this.#redis ? { redis: this.#redis.url } : {}),
      args: ["--no-editor", "--log-level", "warn", ...(args ?? [])],
      environment: merged(this.#options.environment ?? {}, mutantEnvironment(mutant), environment),
    });
    this.#all.push(engine);
    this.#engines.set(name, engine);
    this.#paused.delete(name);
    return engine;
  }

  async kill(name = "one"): Promise<void> {
    const engine = this.#engines.get(name);
    this.#engines.delete(name);
    await engine?.kill();
  }

  /** Resolves when the engine's process has ended of itself, by a failpoint for example. */
  async ended(name = "one"): Promise<void> {
    const engine = this.engine(name);
    while (isAlive(engine.pid)) await sleep(5);
    this.#engines.delete(name);
    await engine.kill();
  }

  /** Stops the process in its tracks. */
  pause(name = "one"): void {
    this.#paused.add(name);
    process.kill(this.engine(name).pid, "SIGSTOP");
  }

  /** An engine that a failpoint has stopped is not asked until it is resumed. */
  async stoppedItself(name = "one"): Promise<void> {
    const { pid } = this.engine(name);
    while (!/^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))) await sleep(5);
    this.#paused.add(name);
  }

  resume(name = "one"): void {
    process.kill(this.engine(name).pid, "SIGCONT");
    this.#paused.delete(name);
  }

  /** Renames an engine that is up, so that another may run under its name. */
  rename(from: string, to: string): void {
    const engine = this.engine(from);
    this.#engines.delete(from);
    this.#engines.set(to, engine);
    if (this.#paused.delete(from)) this.#paused.add(to);
  }

  /** True when nothing waits any more; false when for so long nothing has moved. */
  async settled(stallMs = 30_000): Promise<boolean> {
    let last = "";
    let since = performance.now();
    for (;;) {
      const seen = await this.waiting().catch(() => undefined);
      if (seen?.waiting === 0) return true;
      const text = JSON.stringify(seen);
      if (text !== last) since = performance.now();
      last = text;
      if (performance.now() - since > stallMs) return false;
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** How often engines of this trial, also those that have ended, printed a text. */
  timesSaid(text: string): number {
    return this.#all.reduce((times, { output }) => times + output.split(text).length - 1, 0);
  }

  /** Messages of the input stream that are not settled, and how many of them engines have under way. */
  async waiting(topic = "numbers"): Promise<{ waiting: number; pending: number; length: number }> {
    const [engine] = [...this.#engines].filter(([name]) => !this.#paused.has(name)).map(([, each]) => each);
    if (!engine) return { waiting: -1, pending: -1, length: -1 };
    const path = `/api/flows/main/topics/${topic}`;
    const { groups, length } = await engine.api<TopicDetail>("GET", path);
    const waiting = groups.length === 0 ? -1 : groups.reduce((sum, group) => sum + group.waiting, 0);
    const pending = groups.reduce((sum, group) => sum + group.pending, 0);
    return { waiting, pending, length };
  }

  async entries(topic = "results"): Promise<Entry[]> {
    if (this.#redis) return entriesInRedis(await this.#redis.masterPort(), topic);
    const [engine] = this.#engines.values();
    return engine ? entriesByApi(engine, topic) : [];
  }

  async verdict(): Promise<Verdict> {
    const entries = await this.entries();
    return verdictOf({
      acknowledged: this.workload.acknowledged,
      uncertain: this.workload.uncertain,
      results: entries.map(({ payload }) => payload as Result),
      outside: readFileSync(this.flowOptions.outside, "utf8").split("\n").filter(Boolean),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#engines.values()].map((engine) => engine.kill()));
    await this.#redis?.[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

function merged(...parts: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const options = parts.flatMap(({ NODE_OPTIONS }) => NODE_OPTIONS ?? []);
  const all = Object.assign({}, ...parts);
  return options.length === 0 ? all : { ...all, NODE_OPTIONS: options.join(" ") };
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
