// New names: node ids, and topics that are named after the port that feeds them.
import type { FlowDocument, TopicDocument } from "../../engine/admin/api.ts";
import { own, type PortRef } from "./draft.ts";
import { inputTopic, isShared, type TopicUse, topicUses } from "./wires.ts";

/** Of names made here, in characters. */
const LONGEST = 60;

const REFUSED = new Set(["__proto__", "constructor", "prototype"]);

/** `base`, or `base-2`, `base-3` … : the first that `taken` does not have. */
export function freeName(base: string, taken: (name: string) => boolean): string {
  const start = REFUSED.has(base) || base === "" ? "unnamed" : base;
  if (!taken(start)) return start;
  const stem = start.replace(/-\d+$/, "");
  for (let number = 2; ; number += 1) {
    const name = `${stem}-${number}`;
    if (!taken(name)) return name;
  }
}

/** An id for a new node of a type. */
export function freeNodeId(flow: FlowDocument, type: string): string {
  return freeName(slug(type), (name) => own(flow.nodes, name) !== undefined);
}

/**
 * The topic that a new wire from this output goes through: the one that only this output feeds already, otherwise a
 * new one named after node and port (the port is left out where it says nothing: `out`). A topic that others feed
 * too, or that all flows share, is not reused: the wire would carry what was not drawn.
 */
export function topicForOutput(
  flow: FlowDocument,
  from: PortRef,
  uses: ReadonlyMap<string, TopicUse> = topicUses(flow),
): { name: string; isNew: boolean } {
  const fed = own(own(flow.nodes, from.node)?.outputs, from.port) ?? [];
  const reused = fed.find((topic) => !isShared(topic) && uses.get(topic)?.emitters.length === 1);
  if (reused !== undefined) return { name: reused, isNew: false };
  const base = from.port === "out" ? from.node : `${from.node}-${from.port}`;
  return { name: freeName(slug(base), (name) => own(flow.topics, name) !== undefined), isNew: true };
}

/** A topic through which the output reaches the input already, or undefined. */
export function topicBetween(flow: FlowDocument, from: PortRef, to: PortRef): string | undefined {
  const fed = own(own(flow.nodes, from.node)?.outputs, from.port) ?? [];
  const read = new Set((own(own(flow.nodes, to.node)?.inputs, to.port) ?? []).map(inputTopic));
  return fed.find((topic) => read.has(topic));
}

/** What is wrong with a name for a topic, or null. */
export function topicNameProblem(
  topics: FlowDocument["topics"],
  name: string,
  current?: string,
): string | null {
  if (name.trim() === "" || name === "/") return "A topic needs a name.";
  if (/[\s{}*?[\]\\"]/.test(name)) return `"${name}" holds a blank or one of {}*?[]\\". Leave those out.`;
  if (REFUSED.has(name)) return `"${name}" cannot be a name. Choose another one.`;
  if (name !== current && own(topics, name) !== undefined)
    return `"${name}" exists already. Choose another name.`;
  return null;
}

/** Whether a topic says nothing beyond its name: it may go when its last wire goes. */
export function isPlainTopic(name: string, topic: TopicDocument | undefined): boolean {
  return !isShared(name) && Object.keys(topic ?? {}).length === 0;
}

/** Lower-case words with dashes. */
export function slug(text: string): string {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_]+/gu, "-")
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, "");
  return words === "" ? "unnamed" : words;
}
