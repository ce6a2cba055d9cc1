// A flow as text: the same flow is always the same text, so that git diffs speak. Known keys stand in the order of
// the documentation; nodes, topics and ports stay in the order they were given.
import type { FlowDocument, LayoutDocument } from "./document.ts";
import { isFields } from "./outline.ts";

const ORDER = {
  flow: ["$schema", "title", "description", "packages", "topics", "types", "nodes"],
  topic: [
    "delivery",
    "title",
    "schema",
    "proto",
    "validate",
    "format",
    "durability",
    "limit",
    "overflow",
    "partitions",
    "key",
    "retention",
    "retry",
    "deadLetter",
  ],
  type: ["title", "summary", "icon", "color", "config", "inputs", "outputs", "code"],
  node: ["type", "title", "disabled", "inputs", "outputs", "config", "retry", "timeout", "concurrency"],
  retry: ["attempts", "backoff"],
  layout: ["nodes", "topics", "groups", "notes", "viewport"],
} as const;

/** The text of the flow file. */
export function formatFlow(flow: FlowDocument): string {
  return toText(
    ordered(flow, ORDER.flow, {
      topics: (topics) => each(topics, (topic) => ordered(topic, ORDER.topic, { retry: formatRetry })),
      types: (types) => each(types, (type) => ordered(type, ORDER.type)),
      nodes: (nodes) => each(nodes, (node) => ordered(node, ORDER.node, { retry: formatRetry })),
    }),
  );
}

/** The text of the layout file. */
export function formatLayout(layout: LayoutDocument): string {
  return toText(ordered(layout, ORDER.layout));
}

function formatRetry(retry: unknown): unknown {
  return ordered(retry, ORDER.retry);
}

/** A copy with the known keys first, each passed through its own function where it has one. */
function ordered(
  value: unknown,
  order: readonly string[],
  inner: Readonly<Record<string, (value: unknown) => unknown>> = {},
): unknown {
  if (!isFields(value)) return value;
  const known = order.filter((key) => Object.hasOwn(value, key));
  const others = Object.keys(value).filter((key) => !order.includes(key));
  return Object.fromEntries(
    [...known, ...others].map((key) => {
      const format = Object.hasOwn(inner, key) ? inner[key] : undefined;
      return [key, format ? format(value[key]) : value[key]];
    }),
  );
}

function each(value: unknown, format: (value: unknown) => unknown): unknown {
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, format(entry)]));
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
