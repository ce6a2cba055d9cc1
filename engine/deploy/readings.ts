// What a flow says of its durable topics: into how many streams each is divided, and which nodes read it. Pure.
import type { TopicAddress } from "../backend/backend.ts";
import { outlineFlow } from "../flow/outline.ts";
import { planTopics } from "../flow/plan-topics.ts";

export interface Reading {
  readonly topic: string;
  readonly shared: boolean;
  readonly partitions: number;
  /** Disabled ones too: they come back to what has waited for them. */
  readonly nodes: ReadonlySet<string>;
}

/** By topic. `document`: one that was found to be a flow. */
export function readingsOf(document: unknown): Map<string, Reading> {
  const outline = outlineFlow(document);
  const readings = new Map<string, Reading & { readonly nodes: Set<string> }>();
  for (const { name, shared, delivery, partitions } of planTopics(outline, () => undefined).values()) {
    if (delivery === "stream") readings.set(name, { topic: name, shared, partitions, nodes: new Set() });
  }
  for (const { id, inputs } of outline.nodes.values()) {
    for (const { topic } of inputs) readings.get(topic)?.nodes.add(id);
  }
  return readings;
}

/** A topic that is not divided is one stream, without a number. */
export function streamsOf(flow: string, { topic, shared, partitions }: Reading): TopicAddress[] {
  const address = { flow: shared ? undefined : flow, topic };
  if (partitions === 1) return [address];
  return Array.from({ length: partitions }, (_, partition) => ({ ...address, partition }));
}
