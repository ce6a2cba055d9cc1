// The node context of the harness: real behaviour on a fake clock, and everything the node did kept to look at.
import type { EmitOptions, NodeContext, NodeFailure, NodeStatusEvent, StatusLevel } from "../context.ts";
import type { AnyNodeDefinition } from "../definition.ts";
import { Failure } from "../failure.ts";
import type { Message } from "../message.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeHttp } from "./fake-http.ts";
import { FakeShards } from "./fake-shards.ts";
import { Listeners, matchesTopic, selects } from "./listeners.ts";
import { MemoryState } from "./memory-state.ts";
import { makeOutput, type TestOutput } from "./messages.ts";
import type { TestNodeOptions } from "./options.ts";
import { outputPorts } from "./ports.ts";
import { currentScope, runInScope } from "./scope.ts";
import { NodeTimers } from "./timers.ts";

export interface TestLog {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface TestDebug {
  readonly value: unknown;
  readonly label: string;
  readonly message: Message | null;
}

export interface TestPublish {
  readonly topic: string;
  readonly payload: unknown;
  readonly options: EmitOptions & { readonly format?: string };
}

/** Everything around one node, and the context made of it. */
export class NodeWorld {
  readonly clock: FakeClock;
  readonly http: FakeHttp;
  readonly state: MemoryState;
  readonly shards: FakeShards;
  readonly timers: NodeTimers;
  readonly outputs: TestOutput[] = [];
  readonly logs: TestLog[] = [];
  readonly debugs: TestDebug[] = [];
  readonly published: TestPublish[] = [];
  readonly statuses: { readonly text: string; readonly level: StatusLevel }[] = [];
  readonly stop = new AbortController();
  readonly failures = new Listeners<NodeFailure>();
  readonly changes = new Listeners<NodeStatusEvent>();
  readonly topics = new Listeners<{ readonly message: Message; readonly format: string | undefined }>();
  readonly context: NodeContext;
  readonly #definition: AnyNodeDefinition;
  readonly #options: TestNodeOptions;
  readonly #ports: ReadonlySet<string>;

  constructor(definition: AnyNodeDefinition, config: unknown, options: TestNodeOptions) {
    this.#definition = definition;
    this.#options = options;
    this.#ports = outputPorts(definition, config);
    this.clock = options.clock ?? new FakeClock();
    this.http = new FakeHttp(this.clock);
    this.shards = new FakeShards(options.shards?.count ?? 1, options.shards?.held);
    this.state = options.state instanceof MemoryState ? options.state : new MemoryState(options.state);
    this.timers = new NodeTimers(this.clock, options.nextCron ?? noCron, (error) => {
      this.#log("error")(error instanceof Error ? error.message : String(error), { error });
    });
    this.context = this.#makeContext(config);
  }

  #makeContext(config: unknown): NodeContext {
    const { timers, http, state, clock } = this;
    const nextCron = this.#options.nextCron ?? noCron;
    const { node, wired, secrets, env } = this.#options;
    const id = node?.id ?? "node";
    return {
      node: { flow: node?.flow ?? "test", id, title: node?.title ?? id, type: this.#definition.type },
      config,
      wired: {
        inputs: new Set(wired?.inputs ?? Object.keys(this.#definition.inputs)),
        outputs: new Set(wired?.outputs ?? this.#ports),
      },
      emit: (port, payload, options) => this.#emit(port, payload, options),
      log: {
        debug: this.#log("debug"),
        info: this.#log("info"),
        warn: this.#log("warn"),
        error: this.#log("error"),
      },
      status: (text, level = "info") => void this.statuses.push({ text, level }),
      debug: (value, { label = "", message = null as Message | null } = {}) => {
        this.debugs.push({ value, label, message });
      },
      signal: this.stop.signal,
      clock,
      every: (interval, run, given) => timers.every(interval, run, given),
      after: (delay, run) => timers.after(delay, run),
      cron: (expression, given, run) => timers.cron(expression, given, run),
      nextCron,
      state,
      within: (delivery, work) =>
        runInScope({ messages: [delivery.message], emits: currentScope()?.emits ?? [] }, work),
      publish: async (topic, payload, given = {}) =>
        void this.published.push({ topic, payload, options: given }),
      subscribe: async (topic, handler, given) => {
        const matches = matchesTopic(topic);
        const accepts = (event: { message: Message; format: string | undefined }) =>
          matches(event.message.topic) && event.format === given?.format;
        return this.topics.add(accepts, ({ message }) => handler(message));
      },
      http,
      scripts: this.#options.scripts ?? { load: noScripts },
      onFailure: (selector, handler) => this.failures.add(selects(selector), handler, selector.uncaughtOnly),
      onStatus: (selector, handler) => this.changes.add(selects(selector), handler),
      shards: this.shards,
      secret: async (name) => secrets?.[name],
      env: (name) => env?.[name],
    };
  }

  #emit(port: string, payload: unknown, options: EmitOptions = {}): Promise<void> {
    const scope = currentScope();
    if (scope?.batch && options.from === undefined) {
      const sentence = `A batch is being handled: say in "from" which message the one at "${port}" descends from.`;
      return Promise.reject(new Failure(sentence, { code: "node/origin-missing", retry: false }));
    }
    const output = makeOutput(port, payload, options, scope?.messages ?? []);
    const taken = this.#take(output);
    if (scope) {
      scope.emits.push({ from: output.from, taken });
      taken.catch(() => undefined);
    }
    return taken;
  }

  async #take(output: TestOutput): Promise<void> {
    const { port } = output;
    if (!this.#ports.has(port) && !this.#definition.openOutputs) {
      const known = [...this.#ports].map((name) => `"${name}"`).join(", ");
      throw new Failure(`"${port}" is not an output of "${this.#definition.type}". It has ${known}.`, {
        code: "node/unknown-output",
        retry: false,
      });
    }
    if (this.#options.accept) await this.#options.accept(output);
    this.outputs.push(output);
  }

  #log(level: TestLog["level"]) {
    return (text: string, fields: Record<string, unknown> = {}) =>
      void this.logs.push({ level, text, fields });
  }
}

function noCron(expression: string): Date[] {
  throw new Failure(`"${expression}" cannot be read here. Give testNode a "nextCron".`, {
    code: "testing/no-cron",
  });
}

async function noScripts(): Promise<never> {
  throw new Failure(`Scripts cannot run here. Give testNode "scripts".`, { code: "testing/no-scripts" });
}
