// Who emits into which topic and who reads it: the wires of a flow, read from its nodes.
import type { FlowDocument, InputDocument, TopicDocument } from "../../engine/admin/api.ts";
import { own, type PortRef } from "./draft.ts";

export interface TopicUse {
  readonly name: string;
  readonly topic: TopicDocument;
  /** False: a node mentions it, the flow does not declare it. */
  readonly declared: boolean;
  readonly emitters: readonly PortRef[];
  readonly readers: readonly PortRef[];
}

/** One drawn line. One end may be the topic itself, where it is drawn as a pill. */
export interface Wire {
  readonly id: string;
  readonly topic: string;
  readonly from: PortRef | null;
  readonly to: PortRef | null;
}

export function inputTopic(input: InputDocument): string {
  return typeof input === "string" ? input : input.topic;
}

export function isShared(topic: string): boolean {
  return topic.startsWith("/");
}

/** Every topic that is declared or mentioned, in the order of the document. */
export function topicUses(flow: FlowDocument): ReadonlyMap<string, TopicUse> {
  const uses = new Map<string, { emitters: PortRef[]; readers: PortRef[] }>();
  const use = (name: string) => {
    const found = uses.get(name) ?? { emitters: [], readers: [] };
    uses.set(name, found);
    return found;
  };
  for (const name of Object.keys(flow.topics ?? {})) use(name);
  for (const [node, document] of Object.entries(flow.nodes ?? {})) {
    for (const [port, topics] of Object.entries(document.outputs ?? {}))
      for (const topic of topics) use(topic).emitters.push({ node, port });
    for (const [port, inputs] of Object.entries(document.inputs ?? {}))
      for (const input of inputs) use(inputTopic(input)).readers.push({ node, port });
  }
  return new Map(
    [...uses].map(([name, ends]) => {
      const topic = own(flow.topics, name);
      return [name, { name, topic: topic ?? {}, declared: topic !== undefined, ...ends }];
    }),
  );
}

/**
 * Whether a topic is drawn as a pill of its own: when one end is missing here, so that it would be invisible, or
 * when several emit and several read, so that single wires would be a tangle.
 */
export function isPill(use: TopicUse): boolean {
  return (
    use.emitters.length === 0 ||
    use.readers.length === 0 ||
    (use.emitters.length > 1 && use.readers.length > 1)
  );
}

/** The lines of one topic. */
export function wiresOf(use: TopicUse): Wire[] {
  const wire = (from: PortRef | null, to: PortRef | null): Wire => ({
    id: wireId(use.name, from, to),
    topic: use.name,
    from,
    to,
  });
  if (isPill(use))
    return [...use.emitters.map((from) => wire(from, null)), ...use.readers.map((to) => wire(null, to))];
  return use.emitters.flatMap((from) => use.readers.map((to) => wire(from, to)));
}

export function wireId(topic: string, from: PortRef | null, to: PortRef | null): string {
  return JSON.stringify([topic, from?.node ?? null, from?.port ?? null, to?.node ?? null, to?.port ?? null]);
}

/** The wire an id stands for. */
export function parseWireId(id: string): Wire {
  const [topic, fromNode, fromPort, toNode, toPort] = JSON.parse(id) as [string, ...(string | null)[]];
  const end = (node: string | null | undefined, port: string | null | undefined): PortRef | null =>
    node !== null && node !== undefined && port !== null && port !== undefined ? { node, port } : null;
  return { id, topic, from: end(fromNode, fromPort), to: end(toNode, toPort) };
}
