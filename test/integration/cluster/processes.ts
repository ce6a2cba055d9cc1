// Several engine processes on one flow and one Redis, and what they have published.
import { join } from "node:path";
import type { TopicMessages } from "../../../engine/admin/api.ts";
import { EngineProcess, type FlowFolder, flowFolder } from "../../support/engine-process.ts";
import { eventually } from "../../support/eventually.ts";

export class Engines implements AsyncDisposable {
  readonly #folder: FlowFolder;
  readonly #redis: string;
  readonly #namespace: string;
  readonly #lease: string;
  readonly running = new Map<string, EngineProcess>();

  constructor(options: {
    flow: unknown;
    files?: Readonly<Record<string, string>>;
    redis: string;
    namespace: string;
    lease?: string;
  }) {
    this.#folder = flowFolder(options.flow, options.files ?? {});
    this.#redis = options.redis;
    this.#namespace = options.namespace;
    this.#lease = options.lease ?? "1s";
  }

  async start(...names: string[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const engine = await EngineProcess.start({
          flows: this.#folder.flow,
          data: join(this.#folder.folder, `data-${name}`),
          redis: this.#redis,
          name,
          args: ["--lease", this.#lease, "--namespace", this.#namespace, "--no-editor"],
          environment: { ENGINE: name },
        });
        this.running.set(name, engine);
      }),
    );
  }

  engine(name: string): EngineProcess {
    const engine = this.running.get(name);
    if (!engine) throw new Error(`Engine "${name}" does not run.`);
    return engine;
  }

  async kill(name: string): Promise<void> {
    const engine = this.engine(name);
    this.running.delete(name);
    await engine.kill();
  }

  /** The engine that runs a node, once there is one. */
  async holder(node: string): Promise<string> {
    let holder: string | undefined;
    await eventually(async () => {
      for (const [name, engine] of this.running) {
        const { startedAt } = await engine.api<{ startedAt: number | null }>(
          "GET",
          `/api/flows/main/nodes/${node}`,
        );
        if (startedAt !== null) holder = name;
      }
      return holder !== undefined;
    });
    return holder ?? "";
  }

  /** Payloads and entry ids of all that a topic holds, asked at any engine that answers. */
  async messages(topic: string): Promise<{ entry: string; payload: unknown }[]> {
    const [engine] = this.running.values();
    if (!engine) throw new Error("No engine runs.");
    const all: { entry: string; payload: unknown }[] = [];
    for (let from: string | null = "0"; from !== null; ) {
      const page: TopicMessages = await engine.api(
        "GET",
        `/api/flows/main/topics/${topic}/messages?from=${from}&limit=1000`,
      );
      all.push(...page.messages.map(({ entry, payload }) => ({ entry, payload })));
      from = page.next;
    }
    return all;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.running.values()].map((engine) => engine.kill()));
    this.#folder[Symbol.dispose]();
  }
}
