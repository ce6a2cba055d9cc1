// What of a flow matters to what the backend holds: its nodes, its topics, and who reads what. Pure.
import type { DeliveryKind } from "../flow/document.ts";
import { outlineFlow } from "../flow/outline.ts";
import { planTopics } from "../flow/plan-topics.ts";

export interface TopicShape {
  readonly name: string;
  readonly shared: boolean;
  readonly delivery: DeliveryKind;
  readonly limit: number;
  readonly partitions: number;
  /** Nodes that read it, disabled ones too. */
  readonly readers: readonly string[];
  /** The topic whose messages are given up to this one. */
  readonly deadLettersOf: string | undefined;
}

export interface FlowShape {
  readonly nodes: readonly string[];
  readonly topics: readonly TopicShape[];
}

/** `bundle`: a stored revision. */
export function shapeOf(bundle: string): FlowShape {
  const outline = outlineFlow(JSON.parse(bundle).flow);
  const planned = [...planTopics(outline, () => undefined).values()];
  const topics = planned.map(({ name, shared, delivery, limit, partitions }) => ({
    name,
    shared,
    delivery,
    limit,
    partitions,
    readers: [...outline.nodes.values()]
      .filter(({ inputs }) => inputs.some(({ topic }) => topic === name))
      .map(({ id }) => id),
    deadLettersOf: planned.find(({ deadLetter }) => deadLetter === name)?.name,
  }));
  return { nodes: [...outline.nodes.keys()], topics };
}
