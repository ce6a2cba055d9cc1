// Adding, changing and renaming topics.
import type { InputDocument, NodeDocument, TopicDocument } from "../../../engine/admin/api.ts";
import { type Draft, type Position, topicOf } from "../draft.ts";
import { type Command, patch, withTopic } from "./command.ts";
import { place } from "./layout.ts";

export function addTopic(name: string, topic: TopicDocument, at?: Position): Command {
  return {
    label: `Add topic ${name}`,
    apply: (draft) => {
      const added = withTopic(draft, name, topic);
      return at ? place(added, { nodes: {}, topics: { [name]: at } }) : added;
    },
  };
}

/** Sets fields of a topic, declaring it if needed; undefined removes a field. */
export function setTopic(
  name: string,
  values: { readonly [K in keyof TopicDocument]?: TopicDocument[K] | undefined },
  field?: string,
): Command {
  return {
    label: `Change topic ${name}`,
    ...(field === undefined ? {} : { merge: `topic:${name}:${field}` }),
    apply: (draft) => withTopic(draft, name, patch(topicOf(draft, name) ?? {}, values)),
  };
}

/** Gives a topic another name, in its place and on every wire. Does nothing when the name is taken. */
export function renameTopic(from: string, to: string): Command {
  return {
    label: `Rename topic ${from}`,
    apply: (draft) => {
      if (from === to || topicOf(draft, to) !== undefined) return draft;
      const flow = {
        ...draft.flow,
        topics: renameKey(draft.flow.topics ?? {}, from, to),
        ...(draft.flow.nodes ? { nodes: mapValues(draft.flow.nodes, (node) => rename(node, from, to)) } : {}),
      };
      const layout = draft.layout.topics
        ? { ...draft.layout, topics: renameKey(draft.layout.topics, from, to) }
        : draft.layout;
      return { ...draft, flow, layout } satisfies Draft;
    },
  };
}

function rename(node: NodeDocument, from: string, to: string): NodeDocument {
  const input = (item: InputDocument): InputDocument =>
    typeof item === "string"
      ? item === from
        ? to
        : item
      : item.topic === from
        ? { ...item, topic: to }
        : item;
  return {
    ...node,
    ...(node.inputs ? { inputs: mapValues(node.inputs, (items) => items.map(input)) } : {}),
    ...(node.outputs
      ? { outputs: mapValues(node.outputs, (items) => items.map((item) => (item === from ? to : item))) }
      : {}),
  };
}

function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  map: (value: T) => R,
): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function renameKey<T>(
  record: Readonly<Record<string, T>>,
  from: string,
  to: string,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]));
}
