// Where things stand: moving nodes and topic pills. Changes no logic.
import type { Draft, Position } from "../draft.ts";
import type { Command } from "./command.ts";

export interface Placement {
  readonly nodes: Readonly<Record<string, Position>>;
  readonly topics: Readonly<Record<string, Position>>;
}

/** Moves nodes and pills; moves with the same `gesture` are one mark. */
export function moveItems(placement: Placement, gesture?: string): Command {
  const count = Object.keys(placement.nodes).length + Object.keys(placement.topics).length;
  return {
    label: count === 1 ? "Move" : `Move ${count} items`,
    ...(gesture === undefined ? {} : { merge: `move:${gesture}` }),
    apply: (draft) => place(draft, placement),
  };
}

/** A new arrangement of everything. */
export function placeAll(placement: Placement): Command {
  return { label: "Arrange", apply: (draft) => place(draft, placement) };
}

export function place(draft: Draft, placement: Placement): Draft {
  const nodes = { ...draft.layout.nodes };
  for (const [id, at] of Object.entries(placement.nodes)) nodes[id] = { ...nodes[id], ...rounded(at) };
  const topics = { ...draft.layout.topics };
  for (const [name, at] of Object.entries(placement.topics)) topics[name] = rounded(at);
  return {
    ...draft,
    layout: {
      ...draft.layout,
      ...(Object.keys(nodes).length > 0 ? { nodes } : {}),
      ...(Object.keys(topics).length > 0 ? { topics } : {}),
    },
  };
}

function rounded(at: Position): Position {
  return { x: Math.round(at.x), y: Math.round(at.y) };
}
