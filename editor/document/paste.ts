// Pasting: a clip becomes part of the flow, with names of its own.
import type { NodeDocument } from "../../engine/admin/api.ts";
import type { Clip } from "./clipboard.ts";
import type { Command } from "./commands/command.ts";
import { place } from "./commands/layout.ts";
import { topicsOf } from "./commands/node.ts";
import { type Draft, own, type Position, type Selection } from "./draft.ts";
import { renameFiles } from "./files.ts";
import { freeName } from "./naming.ts";
import { inputTopic, isShared } from "./wires.ts";

export interface Pasted {
  readonly command: Command;
  /** What to select afterwards. */
  readonly selection: Selection;
}

/**
 * Puts a clip into the flow, its upper left corner at `at`. Nodes get free ids. A topic that emits inside the clip
 * gets a free name, so that the copy works for itself; what is only read keeps its name, so that the copy hears the
 * same as the original. Shared topics stay shared. Files that differ from those here get free names.
 */
export function paste(draft: Draft, clip: Clip, at: Position, label = "Paste"): Pasted {
  const { flow } = draft;
  const takenNodes = new Set(Object.keys(flow.nodes ?? {}));
  const ids = renames(Object.keys(clip.nodes), takenNodes);
  const emitted = new Set(
    Object.values(clip.nodes).flatMap((node) => Object.values(node.outputs ?? {}).flat()),
  );
  const takenTopics = new Set(Object.keys(flow.topics ?? {}));
  const ownNames = [...new Set([...Object.keys(clip.topics), ...emitted])].filter((name) => !isShared(name));
  const topicNames = renames(
    ownNames.filter((name) => emitted.has(name) || !takenTopics.has(name)),
    takenTopics,
  );
  const topicName = (name: string) => topicNames.get(name) ?? name;
  const files = fileRenames(draft, clip);

  const nodes = Object.fromEntries(
    Object.entries(clip.nodes).map(([id, node]) => [
      ids.get(id) ?? id,
      renameFiles(renameTopics(node, topicName), files) as NodeDocument,
    ]),
  );
  const mentioned = new Set(Object.values(nodes).flatMap((node) => topicsOf(node)));
  const lonely = Object.keys(clip.topics).map(topicName);
  const topics = Object.fromEntries(
    [...new Set([...mentioned, ...lonely])]
      .filter((name) => own(flow.topics, name) === undefined)
      .map((name) => [name, clip.topics[originOf(topicNames, name)] ?? {}]),
  );
  const types = Object.fromEntries(
    Object.entries(clip.types)
      .filter(([name]) => own(flow.types, name) === undefined)
      .map(([name, type]) => [name, renameFiles(type, files)]),
  );
  const offset = offsetOf(clip.places, at);
  const moved = (position: Position): Position => ({ x: position.x + offset.x, y: position.y + offset.y });
  const placement = {
    nodes: mapKeys(clip.places.nodes, (id) => ids.get(id), moved),
    topics: mapKeys(
      clip.places.topics,
      (name) => (Object.hasOwn(topics, topicName(name)) ? topicName(name) : undefined),
      moved,
    ),
  };
  const command: Command = {
    label,
    apply: (before) => {
      const next: Draft = {
        flow: {
          ...before.flow,
          ...(Object.keys(topics).length > 0 ? { topics: { ...before.flow.topics, ...topics } } : {}),
          ...(Object.keys(types).length > 0
            ? { types: { ...before.flow.types, ...(types as NonNullable<typeof before.flow.types>) } }
            : {}),
          nodes: { ...before.flow.nodes, ...nodes },
        },
        layout: before.layout,
        files: { ...before.files, ...newFiles(clip, files) },
      };
      return place(next, placement);
    },
  };
  const selectedTopics = Object.keys(clip.nodes).length === 0 ? Object.keys(topics) : [];
  return { command, selection: { nodes: Object.keys(nodes), topics: selectedTopics, wires: [] } };
}

/** A copy beside the original. */
export function duplicate(draft: Draft, clip: Clip): Pasted {
  const corner = cornerOf(clip.places);
  return paste(draft, clip, { x: corner.x + 32, y: corner.y + 32 }, "Duplicate");
}

function renames(names: readonly string[], taken: Set<string>): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const name of names) {
    const free = freeName(name, (candidate) => taken.has(candidate));
    taken.add(free);
    result.set(name, free);
  }
  return result;
}

function originOf(names: ReadonlyMap<string, string>, renamed: string): string {
  for (const [from, to] of names) if (to === renamed) return from;
  return renamed;
}

function renameTopics(node: NodeDocument, topic: (name: string) => string): NodeDocument {
  return {
    ...node,
    ...(node.inputs
      ? {
          inputs: Object.fromEntries(
            Object.entries(node.inputs).map(([port, inputs]) => [
              port,
              inputs.map((input) =>
                typeof input === "string" ? topic(input) : { ...input, topic: topic(inputTopic(input)) },
              ),
            ]),
          ),
        }
      : {}),
    ...(node.outputs
      ? {
          outputs: Object.fromEntries(
            Object.entries(node.outputs).map(([port, names]) => [port, names.map(topic)]),
          ),
        }
      : {}),
  };
}

/** New paths for files that exist here with another text, or belong to a node that stays: a copy has its own. */
function fileRenames(draft: Draft, clip: Clip): ReadonlyMap<string, string> {
  const taken = new Set(Object.keys(draft.files));
  const result = new Map<string, string>();
  for (const path of Object.keys(clip.files)) {
    const dot = path.lastIndexOf(".");
    const [stem, ending] = dot > path.lastIndexOf("/") ? [path.slice(0, dot), path.slice(dot)] : [path, ""];
    const free = `${freeName(stem, (candidate) => taken.has(`${candidate}${ending}`))}${ending}`;
    taken.add(free);
    result.set(path, free);
  }
  return result;
}

function newFiles(clip: Clip, names: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(clip.files).map(([path, text]) => [names.get(path) ?? path, text]),
  );
}

function mapKeys<T, R>(
  record: Readonly<Record<string, T>>,
  name: (key: string) => string | undefined,
  map: (value: T) => R,
): Record<string, R> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]): [string, R][] => {
      const renamed = name(key);
      return renamed === undefined ? [] : [[renamed, map(value)]];
    }),
  );
}

function cornerOf(places: Clip["places"]): Position {
  const all = [...Object.values(places.nodes), ...Object.values(places.topics)];
  if (all.length === 0) return { x: 0, y: 0 };
  return { x: Math.min(...all.map((at) => at.x)), y: Math.min(...all.map((at) => at.y)) };
}

function offsetOf(places: Clip["places"], at: Position): Position {
  const corner = cornerOf(places);
  return { x: at.x - corner.x, y: at.y - corner.y };
}
