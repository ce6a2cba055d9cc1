// Drawing and cutting wires. A wire between two nodes is a topic in the outputs of one and the inputs of the other.
import type { InputDocument, NodeDocument } from "../../../engine/admin/api.ts";
import { type Draft, nodeOf, type PortRef, topicOf } from "../draft.ts";
import { topicBetween, topicForOutput } from "../naming.ts";
import { inputTopic, topicUses, type Wire } from "../wires.ts";
import { assign, type Command, dropUnused, setPort, updateNode, withTopic } from "./command.ts";

/** Wires an output to an input, through the output's topic; makes one named after node and port if there is none. */
export function connect(from: PortRef, to: PortRef): Command {
  return {
    label: `Wire ${from.node} to ${to.node}`,
    apply: (draft) => {
      if (topicBetween(draft.flow, from, to) !== undefined) return draft;
      const { name } = topicForOutput(draft.flow, from);
      return read(emitInto(draft, from, name), to, name);
    },
  };
}

/** Wires a topic to what reads it, or an output into it; declares the topic if needed. */
export function connectTopic(
  topic: string,
  end: { readonly from: PortRef } | { readonly to: PortRef },
): Command {
  return {
    label: `Wire ${topic}`,
    apply: (draft) => ("from" in end ? emitInto(draft, end.from, topic) : read(draft, end.to, topic)),
  };
}

/** Cuts wires; topics that nobody uses then, and that say nothing of their own, go with them. */
export function removeWires(wires: readonly Wire[]): Command {
  return {
    label: wires.length === 1 ? "Cut wire" : `Cut ${wires.length} wires`,
    apply: (draft) => cutWires(draft, wires),
  };
}

/** Sets what an input reads. */
export function setInput(to: PortRef, inputs: readonly InputDocument[]): Command {
  return {
    label: `Wire ${to.node}`,
    apply: (draft) => {
      const before = nodeOf(draft, to.node)?.inputs?.[to.port] ?? [];
      return dropUnused(withInput(draft, to, inputs), before.map(inputTopic));
    },
  };
}

/** Sets the topics an output feeds. */
export function setOutput(from: PortRef, topics: readonly string[]): Command {
  return {
    label: `Wire ${from.node}`,
    apply: (draft) =>
      dropUnused(withOutput(draft, from, topics), nodeOf(draft, from.node)?.outputs?.[from.port] ?? []),
  };
}

/** Puts a node into a wire: it reads the wire's topic, and what the wire led to reads the node's output. */
export function splice(wire: Wire, node: string, input: string, output: string): Command {
  return {
    label: `Put ${node} into a wire`,
    apply: (draft) => {
      if (!wire.to || !nodeOf(draft, node)) return draft;
      const cut = without(draft, wire.to, wire.topic);
      const fed = read(cut, { node, port: input }, wire.topic);
      const from = { node, port: output };
      const { name } = topicForOutput(fed.flow, from);
      return read(emitInto(fed, from, name), wire.to, name);
    },
  };
}

export function cutWires(draft: Draft, wires: readonly Wire[]): Draft {
  let next = draft;
  for (const { topic, from, to } of wires) {
    const use = topicUses(next.flow).get(topic);
    // Where several share an end of the topic, only the end that is this wire's own is taken off.
    const keepsEmitter = from !== null && to !== null && (use?.readers.length ?? 0) > 1;
    const keepsReader = from !== null && to !== null && (use?.emitters.length ?? 0) > 1;
    if (to && !keepsReader) next = without(next, to, topic);
    if (from && !keepsEmitter) next = withoutOutput(next, from, topic);
  }
  return wires.length === 0
    ? draft
    : dropUnused(
        next,
        wires.map((wire) => wire.topic),
      );
}

/** Takes topics off every node. */
export function cutTopics(draft: Draft, names: readonly string[]): Draft {
  if (names.length === 0) return draft;
  const uses = topicUses(draft.flow);
  let next = draft;
  for (const name of names) {
    for (const to of uses.get(name)?.readers ?? []) next = without(next, to, name);
    for (const from of uses.get(name)?.emitters ?? []) next = withoutOutput(next, from, name);
  }
  return next;
}

function emitInto(draft: Draft, from: PortRef, topic: string): Draft {
  const declared = topicOf(draft, topic) ? draft : withTopic(draft, topic, {});
  const fed = nodeOf(draft, from.node)?.outputs?.[from.port] ?? [];
  return fed.includes(topic) ? declared : withOutput(declared, from, [...fed, topic]);
}

function read(draft: Draft, to: PortRef, topic: string): Draft {
  const declared = topicOf(draft, topic) ? draft : withTopic(draft, topic, {});
  const inputs = nodeOf(draft, to.node)?.inputs?.[to.port] ?? [];
  if (inputs.some((input) => inputTopic(input) === topic)) return declared;
  return withInput(declared, to, [...inputs, topic]);
}

function without(draft: Draft, to: PortRef, topic: string): Draft {
  const inputs = nodeOf(draft, to.node)?.inputs?.[to.port] ?? [];
  return withInput(
    draft,
    to,
    inputs.filter((input) => inputTopic(input) !== topic),
  );
}

function withoutOutput(draft: Draft, from: PortRef, topic: string): Draft {
  const topics = nodeOf(draft, from.node)?.outputs?.[from.port] ?? [];
  return withOutput(
    draft,
    from,
    topics.filter((name) => name !== topic),
  );
}

function withInput(draft: Draft, to: PortRef, inputs: readonly InputDocument[]): Draft {
  return updateNode(draft, to.node, (node: NodeDocument) =>
    assign(node, "inputs", setPort(node.inputs, to.port, inputs)),
  );
}

function withOutput(draft: Draft, from: PortRef, topics: readonly string[]): Draft {
  return updateNode(draft, from.node, (node: NodeDocument) =>
    assign(node, "outputs", setPort(node.outputs, from.port, topics)),
  );
}
