// Nodes that wait for messages which nobody sends.
import { flowNodeUnfed } from "../base/errors/flow.ts";
import type { Inspection } from "./inspection.ts";
import type { OutlineNode } from "./outline.ts";
import { pointer } from "./pointer.ts";

export function checkFeeding(inspection: Inspection): void {
  for (const node of inspection.outline.nodes.values()) {
    const shape = inspection.shape(node.type);
    if (node.disabled || !shape || shape.inputs.size === 0) continue;
    const wires = node.inputs.filter((wire) => inspection.topicNames.has(wire.topic));
    if (node.inputs.length === 0) tell(node, "unwired", inspection);
    else if (wires.length > 0 && wires.every((wire) => isSilent(wire.topic, inspection)))
      tell(node, "silent", inspection);
  }
}

function tell(node: OutlineNode, reason: "unwired" | "silent", inspection: Inspection): void {
  const path = pointer("nodes", node.id, ...(reason === "silent" ? ["inputs"] : []));
  inspection.add(flowNodeUnfed.problem({ node: node.id, reason }, { path, node: node.id }));
}

/** A memory topic of this flow that no node emits to. Others can be sent to from outside. */
function isSilent(name: string, inspection: Inspection): boolean {
  const topic = inspection.outline.topics.get(name);
  if (topic?.delivery !== "memory" || name.startsWith("/")) return false;
  const emitters = inspection.wires.get(name)?.emitters ?? [];
  return emitters.length === 0 && !inspection.mentioned.has(name);
}
