// Runs a flow from node definitions written in a test, on any backend, without files or HTTP.
import type { AnyNodeDefinition, EmitOptions } from "@millrace/sdk";
import { defineNode, Type } from "@millrace/sdk";
import type { Backend } from "../../engine/backend/backend.ts";
import { systemClock } from "../../engine/base/clock.ts";
import { createLogger, type LogLine } from "../../engine/base/logger.ts";
import type { Ownership } from "../../engine/cluster/index.ts";
import type { FlowDocument } from "../../engine/flow/document.ts";
import { makePlan } from "../../engine/flow/index.ts";
import type { DebugValue, NodeCondition } from "../../engine/runtime/events.ts";
import { FlowRuntime } from "../../engine/runtime/flow-runtime.ts";
import { Frames } from "../../engine/runtime/frames.ts";
import { Scheduler } from "../../engine/runtime/scheduler.ts";
import { StreamTopic } from "../../engine/topics/stream.ts";
import { TreeState } from "../../engine/topics/tree-state.ts";
import { eventually } from "./eventually.ts";

export interface FlowRunner extends AsyncDisposable {
  readonly runtime: FlowRuntime;
  readonly conditions: NodeCondition[];
  readonly debugs: DebugValue[];
  readonly logs: LogLine[];
  /** Deploys a document over what runs. */
  deploy(flow: FlowDocument): Promise<void>;
  stream(topic: string): StreamTopic;
  /** Resolves when nothing in these streams waits for anyone. */
  settled(...topics: string[]): Promise<void>;
}

/** Not running yet: `deploy` starts it. `bootId` names this run for exactly-once tests. */
export function flowRunner(options: {
  backend: Backend;
  definitions: readonly AnyNodeDefinition[];
  name?: string;
  engineId?: string;
  bootId?: string;
  drainTimeoutMs?: number;
  /** Who has what only one engine may have; default: this is the only engine. */
  ownership?: Ownership;
}): FlowRunner {
  const logs: LogLine[] = [];
  const conditions: NodeCondition[] = [];
  const debugs: DebugValue[] = [];
  const log = createLogger({ level: "debug", json: true, write: () => undefined });
  log.onLine((line) => logs.push(line));
  const flow = options.name ?? "test";
  const types = new Map(options.definitions.map((definition) => [definition.type, definition]));
  const registry = {
    get: (type: string) => {
      const definition = types.get(type);
      return definition && { definition, package: "test", version: "1.0.0" };
    },
    types: () => types.keys(),
  };
  const runtime = new FlowRuntime({
    flow,
    backend: options.backend,
    engineId: options.engineId ?? "engine",
    bootId: options.bootId ?? "boot",
    drainTimeoutMs: options.drainTimeoutMs ?? 2_000,
    ...(options.ownership && { ownership: options.ownership }),
    powers: {
      clock: systemClock,
      log,
      frames: new Frames(),
      scheduler: new Scheduler(),
      state: new TreeState(options.backend.state),
      http: {
        route: () => ({ [Symbol.dispose]: () => undefined }),
        respond: async () => false,
      },
      scripts: () => ({ load: () => Promise.reject(new Error("This test runs no scripts.")) }),
      secret: async () => undefined,
      env: () => undefined,
      listener: {
        condition: (condition) => conditions.push(condition),
        debug: (value) => debugs.push(value),
      },
    },
  });
  const stream = (topic: string) => {
    const found = runtime.topics.get(topic);
    if (!(found instanceof StreamTopic)) throw new Error(`"${topic}" is no stream.`);
    return found;
  };
  return {
    runtime,
    stream,
    conditions,
    debugs,
    logs,
    async deploy(document) {
      const bundle = { flow: document, layout: {}, files: {} };
      const scripted = () => {
        throw new Error("This test has no scripted types.");
      };
      await runtime.apply(makePlan(bundle, { name: flow, types: registry, environment: {}, scripted }));
    },
    async settled(...topics) {
      for (const topic of topics) {
        await eventually(async () => {
          const { groups } = await stream(topic).info();
          return groups.every(({ lag, pending }) => lag + pending === 0);
        });
      }
    },
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
}

/** A node that hands its `emit` out: the test drives it. */
export function driver(type = "driver") {
  const box: { emit: (payload: unknown, options?: EmitOptions) => Promise<void> } = {
    emit: () => Promise.reject(new Error("It does not run yet.")),
  };
  const definition = defineNode({
    type,
    title: type,
    summary: "Emits what a test tells it to.",
    category: "test",
    config: Type.Object({}),
    inputs: {},
    outputs: { out: Type.Unknown() },
    start(context) {
      box.emit = (payload, options) => context.emit("out", payload, options);
    },
  });
  return { definition, emit: (payload: unknown, options?: EmitOptions) => box.emit(payload, options) };
}

/** A node that keeps what it gets, and can be waited for. */
export function collector(type = "collector") {
  const messages: {
    payload: unknown;
    id: string;
    attributes: Readonly<Record<string, string>>;
    correlationId: string;
  }[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const definition = defineNode({
    type,
    title: type,
    summary: "Keeps what it gets.",
    category: "test",
    config: Type.Object({}),
    inputs: { in: Type.Unknown() },
    outputs: {},
    start() {
      return {
        in: ({ payload, id, attributes, correlationId }) => {
          messages.push({ payload, id, attributes, correlationId });
          for (const waiter of waiting) if (messages.length >= waiter.count) waiter.resolve();
        },
      };
    },
  });
  return {
    definition,
    messages,
    payloads: () => messages.map(({ payload }) => payload),
    /** Resolves when it has got that many in all. */
    got(count: number): Promise<void> {
      if (messages.length >= count) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ count, resolve });
      return promise;
    },
  };
}

/** A node with one input and one output whose handler is the test's. */
export function worker(
  type: string,
  handle: (
    message: Parameters<Extract<Handle, (...args: never[]) => unknown>>[0],
    context: Context,
    delivery: Parameters<Handle>[1],
  ) => void | Promise<void>,
  options: { concurrency?: number; timeoutMs?: number } = {},
) {
  return defineNode({
    type,
    title: type,
    summary: "Does what a test tells it to.",
    category: "test",
    ...options,
    config: Type.Object({ label: Type.Optional(Type.String()) }),
    inputs: { in: Type.Unknown() },
    outputs: { out: Type.Unknown() },
    start: (context) => ({ in: (message, delivery) => handle(message, context as Context, delivery) }),
  });
}

type Handle = import("@millrace/sdk").Handler<unknown>;
type Context = import("@millrace/sdk").NodeContext<unknown, string>;
