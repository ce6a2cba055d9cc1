// The draft of a flow: what a person is editing, as plain data that is never changed in place. All of this folder
// is pure: it takes data and returns data, and knows neither React nor the network.
import type { FlowDocument, LayoutDocument, NodeDocument, TopicDocument } from "../../engine/admin/api.ts";

export interface Draft {
  readonly flow: FlowDocument;
  readonly layout: LayoutDocument;
  /** Text of each `$file`, by its path relative to the flow. */
  readonly files: Readonly<Record<string, string>>;
}

export const EMPTY_DRAFT: Draft = { flow: {}, layout: {}, files: {} };

export interface Position {
  readonly x: number;
  readonly y: number;
}

/** One port of one node of the flow. */
export interface PortRef {
  readonly node: string;
  readonly port: string;
}

/** What the canvas has selected. A wire is known by its id (see wires.ts). */
export interface Selection {
  readonly nodes: readonly string[];
  readonly topics: readonly string[];
  readonly wires: readonly string[];
}

export const NOTHING_SELECTED: Selection = { nodes: [], topics: [], wires: [] };

export function nodeOf(draft: Draft, id: string): NodeDocument | undefined {
  return own(draft.flow.nodes, id);
}

export function topicOf(draft: Draft, name: string): TopicDocument | undefined {
  return own(draft.flow.topics, name);
}

/** An own property, never one of the prototype: ids and names are chosen by people. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A copy without some keys. */
export function without<T>(
  record: Readonly<Record<string, T>>,
  keys: Iterable<string>,
): Readonly<Record<string, T>> {
  const gone = new Set(keys);
  return Object.fromEntries(Object.entries(record).filter(([key]) => !gone.has(key)));
}
