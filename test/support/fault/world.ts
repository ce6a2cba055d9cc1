// Where a flow can run: one engine with the embedded backend, or several on a Redis, or on a Redis Cluster.
import { join } from "node:path";
import type { FlowDocument } from "../../../engine/flow/document.ts";
import { EngineProcess, type FlowFolder, flowFolder } from "../engine-process.ts";
import { RedisCluster } from "../redis-cluster.ts";
import { RedisServer } from "../redis-server.ts";
import { type Mutant, mutantEnvironment } from "./mutants.ts";

export const WORLDS = ["embedded", "redis", "redis-cluster"] as const;
export type WorldName = (typeof WORLDS)[number];

const LEASE = "2s";

export class World implements AsyncDisposable {
  readonly name: WorldName;
  readonly #folder: FlowFolder;
  readonly #redis: RedisServer | RedisCluster | undefined;
  readonly #mutant: Mutant | undefined;
  /** By name; those that are up. */
  readonly #engines = new Map<string, EngineProcess>();

  private constructor(name: WorldName, flow: FlowDocument, mutant?: Mutant, redis?: World["redis"]) {
    this.name = name;
    this.#folder = flowFolder(flow);
    this.#mutant = mutant;
    this.#redis = redis;
  }

  /** Nothing runs yet but Redis. The cluster has three masters with a replica each. */
  static async open(name: WorldName, flow: FlowDocument, mutant?: Mutant): Promise<World> {
    if (name === "embedded") return new World(name, flow, mutant);
    return new World(name, flow, mutant, await (name === "redis" ? RedisServer : RedisCluster).start());
  }

  get redis(): RedisServer | RedisCluster | undefined {
    return this.#redis;
  }

  get engines(): readonly EngineProcess[] {
    return [...this.#engines.values()];
  }

  engine(name: string): EngineProcess {
    const engine = this.#engines.get(name);
    if (!engine) throw new Error(`Engine "${name}" is not up.`);
    return engine;
  }

  /** The names that engines have here. */
  get names(): readonly string[] {
    return this.name === "embedded" ? ["one"] : ["one", "two", "three"];
  }

  async start(name: string): Promise<void> {
    const engine = await EngineProcess.start({
      flows: this.#folder.flow,
      data: join(this.#folder.folder, `data-${name}`),
      name,
      ...(this.#redis ? { redis: this.#redis.url } : {}),
      args: ["--no-editor", "--log-level", "error", "--lease", LEASE],
      environment: mutantEnvironment(this.#mutant),
    });
    this.#engines.set(name, engine);
  }

  async kill(name: string): Promise<void> {
    const engine = this.#engines.get(name);
    this.#engines.delete(name);
    await engine?.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.kill()));
    await this.#redis?.[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}
