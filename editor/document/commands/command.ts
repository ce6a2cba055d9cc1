// What a command is, and the small steps that commands are made of.
import type { NodeDocument, TopicDocument } from "../../../engine/admin/api.ts";
import { type Draft, nodeOf, own, without } from "../draft.ts";
import { isPlainTopic } from "../naming.ts";
import { topicUses } from "../wires.ts";

export interface Command {
  /** Shown beside Undo, for example `Move 3 nodes`. */
  readonly label: string;
  /** Commands with the same key, one after the other, are undone together (a drag, typing in one field). */
  readonly merge?: string;
  apply(draft: Draft): Draft;
}

/** Several commands as one mark. */
export function together(label: string, commands: readonly Command[]): Command {
  return { label, apply: (draft) => commands.reduce((result, command) => command.apply(result), draft) };
}

export function withNode(draft: Draft, id: string, node: NodeDocument): Draft {
  return { ...draft, flow: { ...draft.flow, nodes: { ...draft.flow.nodes, [id]: node } } };
}

export function withTopic(draft: Draft, name: string, topic: TopicDocument): Draft {
  return { ...draft, flow: { ...draft.flow, topics: { ...draft.flow.topics, [name]: topic } } };
}

/** Changes one node if it exists. */
export function updateNode(draft: Draft, id: string, update: (node: NodeDocument) => NodeDocument): Draft {
  const node = nodeOf(draft, id);
  if (!node) return draft;
  const next = update(node);
  return next === node ? draft : withNode(draft, id, next);
}

/** The object with a key set, or without it when the value is undefined. */
export function assign<T extends object, K extends keyof T & string>(
  target: T,
  key: K,
  value: T[K] | undefined,
): T {
  if (value !== undefined) return { ...target, [key]: value };
  return without(target as Readonly<Record<string, unknown>>, [key]) as T;
}

/** The object with several keys set; undefined removes a key. */
export function patch<T extends object>(
  target: T,
  values: { readonly [K in keyof T]?: T[K] | undefined },
): T {
  const given = Object.entries(values);
  const removed = given.filter(([, value]) => value === undefined).map(([key]) => key);
  const set = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return { ...without(target as Readonly<Record<string, unknown>>, removed), ...set } as T;
}

/** The list of one port, gone when it is empty, and with it the record when that is empty. */
export function setPort<T>(
  ports: Readonly<Record<string, readonly T[]>> | undefined,
  port: string,
  list: readonly T[],
): Readonly<Record<string, readonly T[]>> | undefined {
  const next = list.length > 0 ? { ...ports, [port]: list } : without(ports ?? {}, [port]);
  return Object.keys(next).length > 0 ? next : undefined;
}

/** Drops those of the named topics that nobody uses any more and that say nothing of their own. */
export function dropUnused(draft: Draft, candidates: Iterable<string>): Draft {
  const uses = topicUses(draft.flow);
  const gone = [...new Set(candidates)].filter((name) => {
    const use = uses.get(name);
    return (
      use?.declared === true &&
      use.emitters.length === 0 &&
      use.readers.length === 0 &&
      isPlainTopic(name, own(draft.flow.topics, name))
    );
  });
  return gone.length === 0 ? draft : removeTopics(draft, gone);
}

/** Removes topics from flow and layout; wires are not looked at. */
export function removeTopics(draft: Draft, names: readonly string[]): Draft {
  const topics = draft.flow.topics ? without(draft.flow.topics, names) : undefined;
  const flow = topics ? { ...draft.flow, topics } : draft.flow;
  const placed = draft.layout.topics;
  const layout =
    placed && names.some((name) => Object.hasOwn(placed, name))
      ? { ...draft.layout, topics: without(placed, names) }
      : draft.layout;
  return { ...draft, flow, layout };
}
