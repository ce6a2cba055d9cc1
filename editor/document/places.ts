// Where nodes stand that nobody has placed yet (a file written by hand): in columns along the wires. As soon as the
// flow is redrawn these places are written down, so that nothing jumps.
import { type Draft, own, type Position } from "./draft.ts";
import { inputTopic, topicUses } from "./wires.ts";

const LEFT = 80;
const TOP = 80;
const COLUMN = 320;
const GAP = 48;

/** Places for the nodes that have none, by id. */
export function freePlaces(draft: Draft): ReadonlyMap<string, Position> {
  const nodes = draft.flow.nodes ?? {};
  const ids = Object.keys(nodes).filter((id) => own(draft.layout.nodes, id) === undefined);
  if (ids.length === 0) return new Map();
  const columns = columnsOf(draft);
  // Below what is placed already.
  const placed = Object.values(draft.layout.nodes ?? {}).map((place) => place.y);
  const top = placed.length > 0 && ids.length < Object.keys(nodes).length ? Math.max(...placed) + 160 : TOP;
  const filled = new Map<number, number>();
  const places = new Map<string, Position>();
  for (const id of ids) {
    const column = columns.get(id) ?? 0;
    const y = filled.get(column) ?? top;
    places.set(id, { x: LEFT + column * COLUMN, y });
    const node = own(nodes, id);
    const ports = Math.max(
      Object.keys(node?.inputs ?? {}).length,
      Object.keys(node?.outputs ?? {}).length,
      2,
    );
    filled.set(column, y + 42 + ports * 20 + GAP);
  }
  return places;
}

/** The longest way from a source to each node, loops cut where they close. */
function columnsOf(draft: Draft): ReadonlyMap<string, number> {
  const uses = topicUses(draft.flow);
  const before = new Map<string, Set<string>>();
  for (const [id, node] of Object.entries(draft.flow.nodes ?? {})) {
    const topics = Object.values(node.inputs ?? {}).flatMap((inputs) => inputs.map(inputTopic));
    before.set(
      id,
      new Set(topics.flatMap((topic) => uses.get(topic)?.emitters.map((from) => from.node) ?? [])),
    );
  }
  const depth = new Map<string, number>();
  const open = new Set<string>();
  for (const start of before.keys()) {
    // An own stack: a chain of ten thousand nodes must not exhaust the call stack.
    const stack = [start];
    while (stack.length > 0) {
      const id = stack.at(-1) as string;
      if (depth.has(id)) {
        stack.pop();
        continue;
      }
      open.add(id);
      const sources = [...(before.get(id) ?? [])];
      const next = sources.find((other) => !depth.has(other) && !open.has(other));
      if (next !== undefined) {
        stack.push(next);
        continue;
      }
      depth.set(id, 1 + Math.max(-1, ...sources.map((other) => depth.get(other) ?? -1)));
      open.delete(id);
      stack.pop();
    }
  }
  return depth;
}

/** The draft after an edit; when the edit redrew the flow, with places for the nodes that had none before. */
export function settlePlaces(before: Draft, after: Draft): Draft {
  if (after.layout === before.layout && sameDrawing(before, after)) return after;
  const places = freePlaces(before);
  const nodes = { ...after.layout.nodes };
  let settled = false;
  for (const [id, place] of places) {
    if (own(after.flow.nodes, id) === undefined || own(after.layout.nodes, id) !== undefined) continue;
    nodes[id] = place;
    settled = true;
  }
  return settled ? { ...after, layout: { ...after.layout, nodes } } : after;
}

function sameDrawing(before: Draft, after: Draft): boolean {
  const [was, is] = [before.flow.nodes ?? {}, after.flow.nodes ?? {}];
  if (was === is) return true;
  const ids = Object.keys(was);
  return (
    ids.length === Object.keys(is).length &&
    ids.every((id) => own(is, id)?.inputs === was[id]?.inputs && own(is, id)?.outputs === was[id]?.outputs)
  );
}
