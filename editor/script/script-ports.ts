// What a script takes in, may emit and is configured with: read from the node, the flow and the catalogue. Pure.
import type { FlowDocument, JsonSchema, NodeDocument } from "../../engine/admin/api.ts";
import { own } from "../document/draft.ts";
import { type Catalogue, typeInfo } from "../document/types.ts";
import { inputTopic } from "../document/wires.ts";
import { saysNothing } from "./schema-type.ts";

/** The schemas that one script meets; a port has several when several topics or nodes lead there. */
export interface ScriptPorts {
  /** A message arrives at any of these: alternatives, empty when nothing is known. */
  readonly inputs: readonly JsonSchema[];
  /** By port, where the script has several inputs: `message.port` tells them apart. */
  readonly byPort?: Readonly<Record<string, JsonSchema>>;
  /** What is emitted must fit all schemas of its port. */
  readonly outputs: Readonly<Record<string, readonly JsonSchema[]>>;
  readonly config: JsonSchema | undefined;
}

/** Which script is meant: a node's, or that of a type defined in the flow. */
export type ScriptSubject =
  | { readonly node: NodeDocument; readonly flow: FlowDocument; readonly catalogue: Catalogue }
  | { readonly type: string; readonly flow: FlowDocument; readonly catalogue: Catalogue };

/** Collects the ports of a script. */
export function scriptPorts(subject: ScriptSubject): ScriptPorts {
  if ("node" in subject) return ofNode(subject.node, subject.flow, subject.catalogue);
  const definition = own(subject.flow.types, subject.type);
  const outputs = Object.entries(definition?.outputs ?? {}).map(
    ([port, schema]) => [port, [schema]] as const,
  );
  const inputs = definition?.inputs ?? {};
  return {
    inputs: Object.values(inputs),
    ...(Object.keys(inputs).length > 1 ? { byPort: inputs } : {}),
    outputs: Object.fromEntries(outputs),
    config: configSchema(definition?.config),
  };
}

function ofNode(node: NodeDocument, flow: FlowDocument, catalogue: Catalogue): ScriptPorts {
  const type = typeInfo(catalogue, flow, node.type);
  const incoming = Object.values(node.inputs ?? {})
    .flat()
    .map(inputTopic);
  const names = new Set([...Object.keys(type?.outputs ?? {}), ...Object.keys(node.outputs ?? {})]);
  names.delete("error");
  const outputs = [...names].map((port) => {
    const declared = own(type?.outputs, port);
    const topics = (node.outputs?.[port] ?? []).map((topic) => own(flow.topics, topic)?.schema);
    return [port, [declared, ...topics].filter((schema) => schema !== undefined)] as const;
  });
  return {
    inputs: [...new Set(incoming)].flatMap((topic) => topicSchemas(topic, flow, catalogue)),
    outputs: Object.fromEntries(outputs),
    config: typeof node.config?.config === "object" ? sampleSchema(node.config.config) : undefined,
  };
}

/** What flows through a topic: its own schema, or else what the ports promise that emit into it. */
export function topicSchemas(topic: string, flow: FlowDocument, catalogue: Catalogue): JsonSchema[] {
  const declared = own(flow.topics, topic)?.schema;
  if (declared !== undefined) return [declared];
  const schemas: JsonSchema[] = [];
  for (const node of Object.values(flow.nodes ?? {})) {
    for (const [port, topics] of Object.entries(node.outputs ?? {})) {
      if (topics.includes(topic)) schemas.push(emittedSchema(node, port, flow, catalogue));
    }
  }
  return schemas;
}

/** What a port promises; a timer, which promises nothing, sends the payload that stands in its config. */
function emittedSchema(
  node: NodeDocument,
  port: string,
  flow: FlowDocument,
  catalogue: Catalogue,
): JsonSchema {
  const declared = own(typeInfo(catalogue, flow, node.type)?.outputs, port);
  if (!saysNothing(declared)) return declared ?? true;
  return node.type === "timer" ? sampleSchema(node.config?.payload) : true;
}

/** The schema of values like this one. Strings and references may stand for anything. */
export function sampleSchema(value: unknown, depth = 0): JsonSchema {
  if (typeof value === "number" || typeof value === "boolean") return { type: typeof value };
  if (depth > 0 && typeof value === "string" && !value.includes("${")) return { type: "string" };
  if (typeof value !== "object" || value === null || depth > 4) return true;
  if (Array.isArray(value))
    return value.length === 0 ? true : { type: "array", items: sampleSchema(value[0], depth + 1) };
  const names = Object.keys(value);
  if (names.length === 0 || names.some((name) => name.startsWith("$"))) return true;
  const properties = Object.entries(value).map(([name, child]) => [name, sampleSchema(child, depth + 1)]);
  return { type: "object", required: names, properties: Object.fromEntries(properties) };
}

/** A flow type may write only the properties of its config, `{ "limit": { "type": "number" } }`: the engine's rule. */
export function configSchema(config: JsonSchema | undefined): JsonSchema | undefined {
  if (typeof config !== "object") return config;
  const whole = typeof config.type === "string" || typeof config.properties === "object" || "$ref" in config;
  return whole ? config : { type: "object", properties: config };
}
