// What the inspector shows for a selection.
import type { Selection } from "./draft.ts";
import { parseWireId } from "./wires.ts";

export type Inspected =
  | { readonly kind: "flow" }
  | { readonly kind: "node"; readonly id: string }
  | { readonly kind: "topic"; readonly name: string }
  | { readonly kind: "several"; readonly nodes: readonly string[]; readonly topics: readonly string[] };

/** One node, one topic (a wire stands for its topic), several things, or else the flow itself. */
export function inspected(selection: Selection): Inspected {
  const topics = [...new Set([...selection.topics, ...selection.wires.map((id) => parseWireId(id).topic)])];
  const [node, topic] = [selection.nodes[0], topics[0]];
  if (selection.nodes.length + topics.length > 1) return { kind: "several", nodes: selection.nodes, topics };
  if (node !== undefined) return { kind: "node", id: node };
  if (topic !== undefined) return { kind: "topic", name: topic };
  return { kind: "flow" };
}
