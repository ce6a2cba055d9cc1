// Copying: a selection as plain data, whose JSON text other flows and windows understand.
import type { NodeDocument, TopicDocument } from "../../engine/admin/api.ts";
import { isPlain } from "./changes.ts";
import { topicsOf } from "./commands/node.ts";
import { type Draft, own, type Position, type Selection } from "./draft.ts";
import { filesIn } from "./files.ts";

const FORMAT = "millrace/clip-1";

export interface Clip {
  readonly format: typeof FORMAT;
  readonly nodes: Readonly<Record<string, NodeDocument>>;
  readonly topics: Readonly<Record<string, TopicDocument>>;
  readonly types: Readonly<Record<string, unknown>>;
  readonly places: {
    readonly nodes: Readonly<Record<string, Position>>;
    readonly topics: Readonly<Record<string, Position>>;
  };
  /** Text of the files that the nodes and types name. */
  readonly files: Readonly<Record<string, string>>;
}

/** What is selected, with the topics between and the files it needs; null when nothing is. */
export function copySelection(
  draft: Draft,
  selection: Selection,
  places: { nodes: Readonly<Record<string, Position>>; topics: Readonly<Record<string, Position>> },
): Clip | null {
  const nodes = pick(draft.flow.nodes, selection.nodes);
  const used = Object.values(nodes).flatMap((node) => topicsOf(node));
  const topics = pick(draft.flow.topics, [...new Set([...selection.topics, ...used])]);
  if (Object.keys(nodes).length === 0 && selection.topics.length === 0) return null;
  const types = pick(draft.flow.types, [...new Set(Object.values(nodes).map((node) => node.type))]);
  const files = pick(draft.files, filesIn([nodes, types]));
  return {
    format: FORMAT,
    nodes,
    topics,
    types,
    places: {
      nodes: pick(places.nodes, Object.keys(nodes)),
      topics: pick(places.topics, Object.keys(topics)),
    },
    files,
  };
}

/** The clip in a text, or null when it is something else. */
export function parseClip(text: string): Clip | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isPlain(value) || value.format !== FORMAT || !isPlain(value.nodes)) return null;
  const nodes = Object.entries(value.nodes);
  if (!nodes.every(([, node]) => isPlain(node) && typeof node.type === "string")) return null;
  const places = isPlain(value.places) ? value.places : {};
  return {
    format: FORMAT,
    nodes: value.nodes as Clip["nodes"],
    topics: (isPlain(value.topics) ? value.topics : {}) as Clip["topics"],
    types: isPlain(value.types) ? value.types : {},
    places: {
      nodes: (isPlain(places.nodes) ? places.nodes : {}) as Clip["places"]["nodes"],
      topics: (isPlain(places.topics) ? places.topics : {}) as Clip["places"]["topics"],
    },
    files: (isPlain(value.files) ? value.files : {}) as Clip["files"],
  };
}

function pick<T>(
  record: Readonly<Record<string, T>> | undefined,
  keys: readonly string[],
): Record<string, T> {
  return Object.fromEntries(
    keys.flatMap((key): [string, T][] => {
      const value = own(record, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
