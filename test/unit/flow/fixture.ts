// A small set of node types, and a sound flow that uses them; tests bend it.
import { type AnyNodeDefinition, Duration, defineNode, Type } from "@millrace/sdk";
import type { Problem } from "../../../engine/base/errors/index.ts";
import {
  type FlowBundle,
  makePlan,
  type Plan,
  type Scripted,
  validateFlow,
} from "../../../engine/flow/index.ts";

const base = { title: "A type", summary: "For tests.", start() {} };

export const definitions: readonly AnyNodeDefinition[] = [
  defineNode({
    ...base,
    type: "timer",
    category: "flow",
    config: Type.Object({
      every: Type.Optional(Duration()),
      count: Type.Integer({ minimum: 1, default: 3 }),
      payload: Type.Optional(Type.Unknown()),
      window: Type.Optional(Type.Object({ from: Type.String(), to: Type.String({ default: "24:00" }) })),
    }),
    inputs: {},
    outputs: { tick: Type.Unknown() },
  }),
  defineNode({
    ...base,
    type: "script",
    category: "function",
    config: Type.Object({ code: Type.String({ "x-widget": "code" }) }),
    inputs: { in: Type.Unknown() },
    outputs: {},
    openOutputs: true,
  }),
  defineNode({
    ...base,
    type: "switch",
    category: "flow",
    config: Type.Object({
      rules: Type.Array(Type.Object({ port: Type.String(), when: Type.String() }), { default: [] }),
      else: Type.Optional(Type.String()),
    }),
    inputs: { in: Type.Unknown() },
    outputs: {},
    outputsFrom: ["rules[].port", "else"],
  }),
  defineNode({
    ...base,
    type: "change",
    category: "function",
    config: Type.Object({ topic: Type.Optional(Type.String({ "x-widget": "topic" })) }),
    inputs: { in: Type.Unknown() },
    outputs: { out: Type.Unknown() },
  }),
  defineNode({
    ...base,
    type: "thermometer",
    category: "network",
    config: Type.Object({
      key: Type.Optional(Type.String({ pattern: "^k-" })),
      port: Type.Optional(Type.Integer()),
    }),
    inputs: {},
    outputs: { out: Type.Object({ kelvin: Type.Number() }) },
  }),
  defineNode({
    ...base,
    type: "convert",
    category: "function",
    config: Type.Object({}),
    inputs: { in: Type.Object({ celsius: Type.Number() }) },
    outputs: { out: Type.Object({ fahrenheit: Type.Number() }) },
  }),
  defineNode({
    ...base,
    type: "catch",
    category: "flow",
    config: Type.Object({ nodes: Type.Optional(Type.Array(Type.String(), { "x-widget": "nodes" })) }),
    inputs: {},
    outputs: { out: Type.Unknown() },
  }),
  defineNode({
    ...base,
    type: "speak",
    category: "network",
    config: Type.Object({}),
    inputs: { in: Type.String() },
    outputs: {},
  }),
];

const byType = new Map(definitions.map((definition) => [definition.type, definition]));

export const types = {
  get(type: string) {
    const definition = byType.get(type);
    return definition && { definition, package: "@millrace/nodes-test", version: "1.0.0" };
  },
  types: () => byType.keys(),
};

export const scripted: Scripted = (options) =>
  defineNode({
    type: options.type,
    title: options.title,
    summary: options.summary,
    category: "flow",
    config: Type.Object({}),
    inputs: {},
    outputs: {},
    start() {},
  });

/** A bundle of any document, as a deploy may send it. */
export function bundleOf(flow: unknown, files: Record<string, string> = {}): FlowBundle {
  return { flow: flow as FlowBundle["flow"], layout: {}, files };
}

export function problemsOf(flow: unknown, files?: Record<string, string>, environment = {}): Problem[] {
  return validateFlow(bundleOf(flow, files), { name: "main", types, environment });
}

/** `code path: sentence` of each problem. */
export function told(
  flow: unknown,
  files?: Record<string, string>,
  environment?: Record<string, string>,
): string[] {
  return problemsOf(flow, files, environment).map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

export function planOf(flow: unknown, files?: Record<string, string>, environment = {}): Plan {
  return makePlan(bundleOf(flow, files), { name: "main", types, environment, scripted });
}

export const files = { "main.alarm.ts": "return message.payload" };

/** Without any problem. */
export const sound = {
  title: "Temperature alarm",
  topics: {
    readings: { delivery: "stream", schema: { type: "object", required: ["celsius"] } },
    fahrenheit: {},
    "/alert": { delivery: "pubsub", format: "json" },
  },
  types: {
    "to-fahrenheit": {
      title: "To °F",
      config: { offset: { type: "number", default: 32 } },
      inputs: { in: { type: "object", required: ["celsius"] } },
      outputs: { out: {} },
      code: "return message.payload.celsius * 1.8 + config.offset",
    },
  },
  nodes: {
    thermometer: {
      type: "timer",
      config: { every: "1s", payload: { celsius: 31 } },
      outputs: { tick: ["readings"] },
    },
    convert: { type: "to-fahrenheit", inputs: { in: ["readings"] }, outputs: { out: ["fahrenheit"] } },
    alarm: {
      type: "script",
      title: "Alarm above 86 °F",
      inputs: { in: ["fahrenheit"] },
      outputs: { out: ["/alert"] },
      config: { code: { $file: "main.alarm.ts" } },
      retry: { attempts: 5, backoff: "200ms..30s" },
    },
  },
};

/** The sound flow with some of its parts replaced. */
export function bent(changes: { topics?: object; types?: object; nodes?: object; [field: string]: unknown }) {
  return {
    ...sound,
    ...changes,
    topics: { ...sound.topics, ...changes.topics },
    types: { ...sound.types, ...changes.types },
    nodes: { ...sound.nodes, ...changes.nodes },
  };
}
