// Nodes, each for itself: its type, its config, its ports, and the topics they name.
import {
  flowStreamOnly,
  flowSubflowLater,
  flowUnknownInput,
  flowUnknownNode,
  flowUnknownOutput,
  flowUnknownTopic,
  flowUnknownType,
  flowWiredTwice,
} from "../base/errors/flow.ts";
import { backoffProblem } from "./check-topics.ts";
import { compileConfig } from "./compilers.ts";
import { type ResolvedConfig, resolveConfig } from "./config.ts";
import type { Inspection } from "./inspection.ts";
import { type NodeShape, outputsNamedBy } from "./node-shape.ts";
import type { OutlineNode, OutlineWire } from "./outline.ts";
import { pointer } from "./pointer.ts";

export function checkNodes(inspection: Inspection): void {
  for (const node of inspection.outline.nodes.values()) {
    if (inspection.full) return;
    inspection.addAll(backoffProblem(node.retry, ["nodes", node.id], node.id));
    checkWires(node, "inputs", inspection);
    checkWires(node, "outputs", inspection);
    if (node.type === undefined || node.disabled) continue;
    const shape = inspection.shape(node.type);
    if (!shape) {
      checkMissingType(node, node.type, inspection);
      continue;
    }
    const { environment } = inspection.options;
    const sources = { files: inspection.bundle.files, environment, suggest: inspection.suggest };
    const schema = inspection.brokenTypes.has(node.type) ? {} : shape.config;
    const resolved = resolveConfig(node, schema, compileConfig(shape), sources);
    inspection.addAll(resolved.problems);
    for (const topic of resolved.topics) inspection.mentioned.add(topic);
    checkNamedNodes(node, resolved.nodes, inspection);
    checkInputs(node, shape, inspection);
    checkOutputs(node, shape, resolved.config, inspection);
  }
}

/** Nodes that a config names, as the ones whose errors a catch node takes. */
function checkNamedNodes(node: OutlineNode, named: ResolvedConfig["nodes"], inspection: Inspection): void {
  const { nodes } = inspection.outline;
  for (const { name, path } of named) {
    if (nodes.has(name)) continue;
    const suggestion = inspection.suggest(name, nodes.keys());
    inspection.add(flowUnknownNode.problem({ name, suggestion }, { path, node: node.id }));
  }
}

function checkMissingType(node: OutlineNode, type: string, inspection: Inspection): void {
  const at = { path: pointer("nodes", node.id, "type"), node: node.id };
  if (/^\.{0,2}\/|\.json$/.test(type)) {
    inspection.add(flowSubflowLater.problem({}, at));
    return;
  }
  const names = [...inspection.outline.types.keys(), ...inspection.options.types.types()];
  inspection.add(flowUnknownType.problem({ type, suggestion: inspection.suggest(type, names) }, at));
}

function checkInputs(node: OutlineNode, shape: NodeShape, inspection: Inspection): void {
  const ports = [...shape.inputs.keys()];
  for (const port of node.inputPorts) {
    if (shape.inputs.has(port)) continue;
    const parts = {
      port,
      type: shape.type,
      suggestion: inspection.suggest(port, ports),
      ports: listed("inputs", ports),
    };
    const at = { path: pointer("nodes", node.id, "inputs", port), node: node.id };
    inspection.add(flowUnknownInput.problem(parts, at));
  }
}

function checkOutputs(node: OutlineNode, shape: NodeShape, config: unknown, inspection: Inspection): void {
  if (shape.openOutputs || node.outputPorts.length === 0) return;
  const ports = new Set([...shape.outputs.keys(), ...outputsNamedBy(config, shape.outputsFrom), "error"]);
  for (const port of node.outputPorts) {
    if (ports.has(port)) continue;
    const parts = {
      port,
      type: shape.type,
      suggestion: inspection.suggest(port, ports),
      ports: listed("outputs", [...ports]),
    };
    const at = { path: pointer("nodes", node.id, "outputs", port), node: node.id };
    inspection.add(flowUnknownOutput.problem(parts, at));
  }
}

function listed(kind: string, ports: readonly string[]): string {
  if (ports.length === 0) return `It has no ${kind}.`;
  const names = ports.slice(0, 8).map((port) => `"${port}"`);
  return `It has ${names.join(", ")}${ports.length > names.length ? " …" : ""}.`;
}

function checkWires(node: OutlineNode, side: "inputs" | "outputs", inspection: Inspection): void {
  const seen = new Set<string>();
  for (const wire of node[side]) {
    if (inspection.full) return;
    const at = { path: placeOf(node, side, wire), node: node.id };
    const { port, topic } = wire;
    if (!inspection.topicNames.has(topic)) {
      const suggestion = inspection.suggest(topic, inspection.topicNames);
      inspection.add(flowUnknownTopic.problem({ topic, suggestion }, at));
    } else if (seen.has(`${port}\n${topic}`)) {
      inspection.add(flowWiredTwice.problem({ port, topic }, at));
    }
    seen.add(`${port}\n${topic}`);
    const declared = inspection.outline.topics.get(topic);
    if (wire.from !== undefined && declared?.deliveryKnown && declared.delivery !== "stream") {
      const parts = { field: "from", topic, delivery: declared.delivery };
      inspection.add(flowStreamOnly.problem(parts, { ...at, path: `${at.path}/from` }));
    }
  }
}

function placeOf(node: OutlineNode, side: "inputs" | "outputs", wire: OutlineWire): string {
  return pointer("nodes", node.id, side, wire.port, wire.index);
}
