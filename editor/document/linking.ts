// Which ports a wire that is being drawn can end at, and why not at the others.
import type { JsonSchema, NodeTypeInfo } from "../../engine/admin/api.ts";
import { incompatibility } from "./compatible.ts";
import { type Draft, nodeOf, own, type PortRef } from "./draft.ts";
import { topicBetween, topicForOutput } from "./naming.ts";
import { ERROR_PORT, portsOf } from "./ports.ts";
import { type Catalogue, typeInfo } from "./types.ts";
import { inputTopic, topicUses } from "./wires.ts";

/** The end a wire is drawn from: an output, an input (backwards), or a topic's pill. */
export type LinkOrigin =
  | { readonly kind: "output"; readonly ref: PortRef }
  | { readonly kind: "input"; readonly ref: PortRef }
  | { readonly kind: "topic-reader"; readonly topic: string }
  | { readonly kind: "topic-emitter"; readonly topic: string };

/** Null: the wire can end there. A sentence: why it cannot. Keys are port names. */
export interface NodeVerdict {
  readonly inputs: Readonly<Record<string, string | null>>;
  readonly outputs: Readonly<Record<string, string | null>>;
}

/** The verdict on every port of every node; ports that are no possible end at all are left out. */
export function verdicts(
  draft: Draft,
  catalogue: Catalogue,
  origin: LinkOrigin,
): ReadonlyMap<string, NodeVerdict> {
  const result = new Map<string, NodeVerdict>();
  const check = checker(draft, catalogue, origin);
  for (const [id, node] of Object.entries(draft.flow.nodes ?? {})) {
    const ports = portsOf(node, typeInfo(catalogue, draft.flow, node.type));
    const forward = origin.kind === "output" || origin.kind === "topic-reader";
    const entries = (names: readonly string[]) =>
      Object.fromEntries(names.map((port) => [port, check({ node: id, port })]));
    result.set(id, {
      inputs: forward ? entries(ports.inputs.map((port) => port.name)) : {},
      outputs: forward ? {} : entries([...ports.outputs.map((port) => port.name), ERROR_PORT]),
    });
  }
  return result;
}

/** The verdict on ending a wire at a topic's pill: null, or why not. */
export function topicVerdict(
  draft: Draft,
  catalogue: Catalogue,
  origin: LinkOrigin,
  topic: string,
): string | null {
  switch (origin.kind) {
    case "output":
      return checker(draft, catalogue, { kind: "topic-emitter", topic })(origin.ref);
    case "input":
      return checker(draft, catalogue, { kind: "topic-reader", topic })(origin.ref);
    default:
      return `A wire joins a node and a topic. Put a node between "${origin.topic}" and "${topic}".`;
  }
}

/** Whether a node of this type has a port the wire can end at: its name, or null. */
export function fittingPort(
  draft: Draft,
  catalogue: Catalogue,
  origin: LinkOrigin,
  info: NodeTypeInfo,
): string | null {
  const id = "\u0000new";
  const flow = { ...draft.flow, nodes: { ...draft.flow.nodes, [id]: { type: info.type } } };
  const check = checker({ ...draft, flow }, catalogue, origin);
  const forward = origin.kind === "output" || origin.kind === "topic-reader";
  const ports = portsOf({ type: info.type }, info);
  const candidates = (forward ? ports.inputs : ports.outputs).map((port) => port.name);
  if (!forward && candidates.length === 0 && info.openOutputs) candidates.push("out");
  return candidates.find((port) => check({ node: id, port }) === null) ?? null;
}

function checker(draft: Draft, catalogue: Catalogue, origin: LinkOrigin): (end: PortRef) => string | null {
  const schemaOf = (ref: PortRef, side: "inputs" | "outputs"): JsonSchema => {
    const node = nodeOf(draft, ref.node);
    if (!node || (side === "outputs" && ref.port === ERROR_PORT)) return true;
    const ports = portsOf(node, typeInfo(catalogue, draft.flow, node.type))[side];
    return ports.find((port) => port.name === ref.port)?.schema ?? true;
  };
  const nameOf = (ref: PortRef) =>
    nodeOf(draft, ref.node)?.title ?? nodeOf(draft, ref.node)?.type ?? ref.node;
  const between = (from: PortRef, to: PortRef, topic: string): string | null => {
    const given = schemaOf(from, "outputs");
    const taken = schemaOf(to, "inputs");
    const ends = { giver: nameOf(from), taker: nameOf(to) };
    const through = own(draft.flow.topics, topic)?.schema;
    return (
      incompatibility(given, taken, ends) ??
      (through === undefined
        ? null
        : (incompatibility(given, through, { ...ends, taker: topic }) ??
          incompatibility(through, taken, { ...ends, giver: topic })))
    );
  };
  const reads = (to: PortRef, topic: string) =>
    (own(nodeOf(draft, to.node)?.inputs, to.port) ?? []).some((input) => inputTopic(input) === topic);
  const uses = topicUses(draft.flow);
  const along = (from: PortRef, to: PortRef) => {
    const known = topicBetween(draft.flow, from, to);
    return known === undefined
      ? between(from, to, topicForOutput(draft.flow, from, uses).name)
      : `"${nameOf(to)}" reads "${known}" already.`;
  };

  switch (origin.kind) {
    case "output":
      return (to) => along(origin.ref, to);
    case "input":
      return (from) => along(from, origin.ref);
    case "topic-reader":
      return (to) =>
        reads(to, origin.topic)
          ? `"${nameOf(to)}" reads "${origin.topic}" already.`
          : ((uses.get(origin.topic)?.emitters ?? [])
              .map((from) => between(from, to, origin.topic))
              .find((found) => found !== null) ?? null);
    case "topic-emitter":
      return (from) =>
        (own(nodeOf(draft, from.node)?.outputs, from.port) ?? []).includes(origin.topic)
          ? `"${nameOf(from)}" emits into "${origin.topic}" already.`
          : ((uses.get(origin.topic)?.readers ?? [])
              .map((to) => between(from, to, origin.topic))
              .find((found) => found !== null) ?? null);
  }
}
