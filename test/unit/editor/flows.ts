// Drafts and node types that the editor's tests share.

import type { Draft } from "../../../editor/document/draft.ts";
import type { Catalogue } from "../../../editor/document/types.ts";
import type { FlowDocument, NodeTypeInfo } from "../../../engine/admin/api.ts";

export function draftOf(flow: FlowDocument, rest: Partial<Draft> = {}): Draft {
  return { flow, layout: {}, files: {}, ...rest };
}

export function typeOf(type: string, rest: Partial<NodeTypeInfo> = {}): NodeTypeInfo {
  return {
    type,
    title: type,
    summary: "",
    category: "flow",
    icon: "",
    color: "",
    config: {},
    inputs: {},
    outputs: {},
    outputsFrom: [],
    openOutputs: false,
    source: Object.keys(rest.inputs ?? {}).length === 0,
    package: "",
    version: "",
    docs: "",
    ...rest,
  };
}

export function catalogueOf(...types: NodeTypeInfo[]): Catalogue {
  return new Map(types.map((info) => [info.type, info]));
}

/** thermometer -> readings -> convert -> fahrenheit -> alarm -> /alert, and a lonely node. */
export const ALARM: Draft = draftOf(
  {
    title: "Alarm",
    topics: { readings: { delivery: "stream" }, fahrenheit: {}, "/alert": { delivery: "pubsub" } },
    nodes: {
      thermometer: { type: "timer", config: { every: "1s" }, outputs: { tick: ["readings"] } },
      convert: { type: "script", inputs: { in: ["readings"] }, outputs: { out: ["fahrenheit"] } },
      alarm: {
        type: "script",
        title: "Alarm",
        inputs: { in: [{ topic: "fahrenheit", from: "start" }] },
        outputs: { out: ["/alert"] },
        config: { code: { $file: "main.alarm.ts" } },
      },
      lonely: { type: "debug" },
    },
  },
  {
    layout: { nodes: { thermometer: { x: 0, y: 0 }, convert: { x: 300, y: 0 }, alarm: { x: 600, y: 0 } } },
    files: { "main.alarm.ts": "return 1" },
  },
);
