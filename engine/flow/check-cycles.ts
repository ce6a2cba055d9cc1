// Circles of memory topics in which every node passes each message on: the delivery tree of such a message never
// settles. Nodes that choose where a message goes, or whether it goes on, may end the circle.
import { flowEndlessCycle } from "../base/errors/flow.ts";
import type { Inspection } from "./inspection.ts";
import type { OutlineNode } from "./outline.ts";
import { pointer } from "./pointer.ts";

const MOST_NAMED = 8;

export function checkCycles(inspection: Inspection): void {
  for (const circle of circlesOf(graphOf(inspection))) {
    const nodes = circle.filter((name) => name.startsWith("node ")).map((name) => name.slice("node ".length));
    const [first] = nodes;
    if (first === undefined) continue;
    const named = [...nodes.slice(0, MOST_NAMED), first];
    inspection.add(
      flowEndlessCycle.problem({ nodes: named }, { path: pointer("nodes", first), node: first }),
    );
  }
}

/** From node to topic to node, through memory topics and nodes that always pass on. Linear in the wires. */
function graphOf(inspection: Inspection): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  const isMemory = (topic: string) => inspection.outline.topics.get(topic)?.delivery === "memory";
  for (const node of inspection.outline.nodes.values()) {
    if (node.disabled || !passesOn(node, inspection)) continue;
    const name = `node ${node.id}`;
    graph.set(name, []);
    for (const { port, topic } of node.outputs) {
      if (port !== "error" && isMemory(topic)) graph.get(name)?.push(`topic ${topic}`);
    }
    for (const { topic } of node.inputs) {
      if (!isMemory(topic)) continue;
      const readers = graph.get(`topic ${topic}`);
      if (readers) readers.push(name);
      else graph.set(`topic ${topic}`, [name]);
    }
  }
  return graph;
}

function passesOn(node: OutlineNode, inspection: Inspection): boolean {
  const shape = inspection.shape(node.type);
  if (!shape || shape.openOutputs || shape.outputsFrom.length > 0 || shape.scripted) return false;
  return shape.category !== "flow" && shape.outputs.size === 1;
}

/** Strongly connected components with a circle in them (Tarjan's algorithm, without recursion). */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const circles: string[][] = [];
  for (const root of graph.keys()) {
    if (order.has(root)) continue;
    const calls: { name: string; next: number }[] = [];
    const enter = (name: string) => {
      low.set(name, order.size);
      order.set(name, order.size);
      stack.push(name);
      onStack.add(name);
      calls.push({ name, next: 0 });
    };
    const lower = (name: string, to: number | undefined) =>
      low.set(name, Math.min(low.get(name) ?? 0, to ?? 0));
    enter(root);
    for (let call = calls.at(-1); call; call = calls.at(-1)) {
      const { name } = call;
      const target = graph.get(name)?.[call.next++];
      if (target !== undefined) {
        if (!order.has(target)) enter(target);
        else if (onStack.has(target)) lower(name, order.get(target));
        continue;
      }
      calls.pop();
      const caller = calls.at(-1);
      if (caller) lower(caller.name, low.get(name));
      if (low.get(name) !== order.get(name)) continue;
      const members = stack.splice(stack.lastIndexOf(name));
      for (const member of members) onStack.delete(member);
      if (members.length > 1) circles.push(members);
    }
  }
  return circles;
}
