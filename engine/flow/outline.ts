// What of a document has the right form, whatever else is wrong with it. Checks and the planner look at a flow
// through this, so that one mistake hides no other, and nothing throws.
import type {
  DeliveryKind,
  Durability,
  FlowTypeDocument,
  JsonSchema,
  Overflow,
  RetryDocument,
  TopicFormat,
} from "./document.ts";
import { FORBIDDEN_KEYS } from "./names.ts";

export interface Outline {
  readonly title: string | undefined;
  readonly packages: readonly string[];
  readonly topics: ReadonlyMap<string, OutlineTopic>;
  readonly types: ReadonlyMap<string, OutlineType>;
  readonly nodes: ReadonlyMap<string, OutlineNode>;
}

export interface OutlineTopic {
  readonly name: string;
  /** Names of the fields that are there. */
  readonly fields: readonly string[];
  readonly delivery: DeliveryKind;
  /** False when the flow says a delivery that does not exist: what follows from it is not worth telling. */
  readonly deliveryKnown: boolean;
  readonly title: string | undefined;
  readonly schema: JsonSchema | undefined;
  readonly proto: string | undefined;
  readonly validate: boolean;
  readonly format: TopicFormat;
  readonly durability: Durability;
  readonly limit: number | undefined;
  readonly overflow: Overflow;
  readonly partitions: number;
  readonly key: string | undefined;
  readonly retention: {
    readonly messages: number | undefined;
    readonly age: string | undefined;
    readonly bytes: number | undefined;
  };
  readonly retry: RetryDocument | undefined;
  /** As the flow says; undefined when it does not. */
  readonly deadLetter: string | undefined;
}

export interface OutlineType extends Pick<FlowTypeDocument, "title" | "summary" | "icon" | "color"> {
  readonly name: string;
  readonly config: JsonSchema;
  /** One port `in` when the flow says nothing. */
  readonly inputs: ReadonlyMap<string, JsonSchema>;
  /** One port `out` when the flow says nothing. */
  readonly outputs: ReadonlyMap<string, JsonSchema>;
  readonly code: unknown;
}

/** One topic named by a port, with its place in the port's list. */
export interface OutlineWire {
  readonly port: string;
  readonly index: number;
  readonly topic: string;
  /** Inputs only: as the flow says. */
  readonly from: "new" | "start" | undefined;
}

export interface OutlineNode {
  readonly id: string;
  readonly type: string | undefined;
  readonly title: string | undefined;
  readonly disabled: boolean;
  readonly config: Readonly<Record<string, unknown>>;
  /** False when `config` stands for one that is not there. */
  readonly hasConfig: boolean;
  readonly inputPorts: readonly string[];
  readonly outputPorts: readonly string[];
  readonly inputs: readonly OutlineWire[];
  readonly outputs: readonly OutlineWire[];
  readonly retry: RetryDocument | undefined;
  readonly timeout: string | undefined;
  readonly concurrency: number | undefined;
}

/** The well-formed part of anything. The document must have been found to be of bounded depth before. */
export function outlineFlow(document: unknown): Outline {
  const flow = fields(document);
  return {
    title: text(flow.title),
    packages: list(flow.packages).filter(isText),
    topics: named(flow.topics, outlineTopic),
    types: named(flow.types, outlineType),
    nodes: named(flow.nodes, outlineNode),
  };
}

function outlineTopic(name: string, value: unknown): OutlineTopic {
  const topic = fields(value);
  const retention = fields(topic.retention);
  const delivery = oneOf<DeliveryKind>(topic.delivery, ["memory", "pubsub", "stream"]);
  return {
    name,
    fields: Object.keys(topic),
    delivery: delivery ?? "memory",
    deliveryKnown: delivery !== undefined || topic.delivery === undefined,
    title: text(topic.title),
    schema: schema(topic.schema),
    proto: text(topic.proto),
    validate: topic.validate === true,
    format: oneOf(topic.format, ["millrace", "json", "text", "binary"]) ?? "millrace",
    durability: oneOf(topic.durability, ["written", "synced", "replicated"]) ?? "written",
    limit: count(topic.limit),
    overflow: oneOf(topic.overflow, ["wait", "drop-oldest", "drop-newest", "fail"]) ?? "wait",
    partitions: count(topic.partitions) ?? 1,
    key: text(topic.key),
    retention: {
      messages: count(retention.messages, 0),
      age: text(retention.age),
      bytes: count(retention.bytes, 0),
    },
    retry: retry(topic.retry),
    deadLetter: text(topic.deadLetter),
  };
}

function outlineType(name: string, value: unknown): OutlineType {
  const type = fields(value);
  const words = Object.fromEntries(
    (["title", "summary", "icon", "color"] as const).flatMap((key) => {
      const word = text(type[key]);
      return word === undefined ? [] : [[key, word]];
    }),
  );
  const port = (_: string, value: unknown): JsonSchema => schema(value) ?? {};
  return {
    ...words,
    name,
    config: schema(type.config) ?? {},
    inputs: type.inputs === undefined ? new Map([["in", {}]]) : named(type.inputs, port),
    outputs: type.outputs === undefined ? new Map([["out", {}]]) : named(type.outputs, port),
    code: type.code,
  };
}

function outlineNode(id: string, value: unknown): OutlineNode {
  const node = fields(value);
  return {
    id,
    type: text(node.type),
    title: text(node.title),
    disabled: node.disabled === true,
    config: fields(node.config),
    hasConfig: isFields(node.config),
    inputPorts: Object.keys(fields(node.inputs)),
    outputPorts: Object.keys(fields(node.outputs)),
    inputs: wires(node.inputs),
    outputs: wires(node.outputs),
    retry: retry(node.retry),
    timeout: text(node.timeout),
    concurrency: count(node.concurrency),
  };
}

function wires(ports: unknown): OutlineWire[] {
  return Object.entries(fields(ports)).flatMap(([port, topics]) =>
    list(topics).flatMap((entry, index) => {
      if (isText(entry)) return [{ port, index, topic: entry, from: undefined }];
      const wire = fields(entry);
      const topic = text(wire.topic);
      return topic === undefined ? [] : [{ port, index, topic, from: oneOf(wire.from, ["new", "start"]) }];
    }),
  );
}

function retry(value: unknown): RetryDocument | undefined {
  if (!isFields(value)) return undefined;
  const attempts = count(value.attempts);
  const backoff = text(value.backoff);
  return { ...(attempts !== undefined && { attempts }), ...(backoff !== undefined && { backoff }) };
}

export function isFields(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function fields(value: unknown): Record<string, unknown> {
  return isFields(value) ? value : {};
}

function named<T>(value: unknown, outline: (name: string, value: unknown) => T): Map<string, T> {
  const entries = Object.entries(fields(value)).filter(
    ([name, entry]) => !FORBIDDEN_KEYS.has(name) && entry !== undefined,
  );
  return new Map(entries.map(([name, entry]) => [name, outline(name, entry)]));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function text(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}

function schema(value: unknown): JsonSchema | undefined {
  return isFields(value) || typeof value === "boolean" ? value : undefined;
}

function count(value: unknown, least = 1): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least ? value : undefined;
}

function oneOf<T extends string>(value: unknown, words: readonly T[]): T | undefined {
  return words.find((word) => word === value);
}
