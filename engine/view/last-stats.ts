// The last numbers of each watched flow: only changes are sent, so whoever comes later is told what stands.
import type { TopicStatsEvent } from "../admin/api.ts";

export class LastStats {
  readonly #flows = new Map<
    string,
    {
      readonly topics: Map<string, TopicStatsEvent["topics"][number]>;
      readonly nodes: Map<string, TopicStatsEvent["nodes"][number]>;
    }
  >();

  learn({ flow, topics, nodes }: TopicStatsEvent): void {
    const known = this.#flows.get(flow) ?? { topics: new Map(), nodes: new Map() };
    this.#flows.set(flow, known);
    for (const topic of topics) known.topics.set(topic.topic, topic);
    for (const node of nodes) known.nodes.set(node.node, node);
  }

  /** Everything learnt of the flow; undefined: nothing. */
  of(flow: string): TopicStatsEvent | undefined {
    const known = this.#flows.get(flow);
    return known && { flow, topics: [...known.topics.values()], nodes: [...known.nodes.values()] };
  }

  /** Nobody watches any more: the numbers grow old. */
  forget(flow: string): void {
    this.#flows.delete(flow);
  }
}
