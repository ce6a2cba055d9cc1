// What stands on the canvas, from a draft: boxes for nodes, pills for topics that would not be seen otherwise, and
// wires. Sizes are known before anything is drawn, so that only what is in view has to be mounted.
import { type Draft, own, type Position } from "./draft.ts";
import { freePlaces } from "./places.ts";
import { type Ports, portsOf } from "./ports.ts";
import { type Catalogue, typeInfo } from "./types.ts";
import { isPill, type TopicUse, topicUses, type Wire, wiresOf } from "./wires.ts";

export const NODE_WIDTH = 196;
export const HEADER_HEIGHT = 34;
export const ROW_HEIGHT = 20;
export const ROWS_PADDING = 8;
export const PILL_HEIGHT = 26;
export const GRID = 8;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface CanvasNode extends Position, Size {
  readonly id: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface CanvasPill extends Position, Size {
  readonly topic: string;
  /** Something here emits into it: it has a connection on its left. */
  readonly fed: boolean;
  readonly read: boolean;
}

export interface CanvasWire extends Wire {
  /** The wire that carries the topic's label: one of each topic. */
  readonly labelled: boolean;
}

export interface Canvas {
  readonly nodes: readonly CanvasNode[];
  readonly pills: readonly CanvasPill[];
  readonly wires: readonly CanvasWire[];
}

export function toCanvas(draft: Draft, catalogue: Catalogue): Canvas {
  const nodes = placedNodes(draft, catalogue);
  const places = new Map(nodes.map((node) => [node.id, node]));
  const pills: CanvasPill[] = [];
  const wires: CanvasWire[] = [];
  for (const use of topicUses(draft.flow).values()) {
    const pill = isPill(use);
    if (pill) pills.push(placedPill(draft, use, places, pills.length));
    wiresOf(use).forEach((wire, index) => {
      wires.push({ ...wire, labelled: !pill && index === 0 });
    });
  }
  return { nodes, pills, wires };
}

function placedNodes(draft: Draft, catalogue: Catalogue): CanvasNode[] {
  const free = freePlaces(draft);
  return Object.entries(draft.flow.nodes ?? {}).map(([id, node]) => {
    const ports = portsOf(node, typeInfo(catalogue, draft.flow, node.type));
    const place = own(draft.layout.nodes, id) ?? free.get(id);
    return {
      id,
      x: place?.x ?? 0,
      y: place?.y ?? 0,
      ...nodeSize(ports),
      inputs: ports.inputs.map((port) => port.name),
      outputs: ports.outputs.map((port) => port.name),
    };
  });
}

export function nodeSize(ports: Ports): Size {
  const rows = Math.max(ports.inputs.length, ports.outputs.length);
  return { width: NODE_WIDTH, height: HEADER_HEIGHT + (rows > 0 ? rows * ROW_HEIGHT + ROWS_PADDING : 0) };
}

export function pillSize(topic: string): Size {
  return { width: Math.min(240, Math.round(50 + topic.length * 7.6)), height: PILL_HEIGHT };
}

/** Where a pill stands: where it was put, or beside what it is wired to. */
function placedPill(
  draft: Draft,
  use: TopicUse,
  places: ReadonlyMap<string, CanvasNode>,
  index: number,
): CanvasPill {
  const size = pillSize(use.name);
  const shape = { topic: use.name, ...size, fed: use.emitters.length > 0, read: use.readers.length > 0 };
  const placed = own(draft.layout.topics, use.name);
  if (placed) return { ...shape, x: placed.x, y: placed.y };
  const emitter = use.emitters[0];
  const reader = use.readers[0];
  const from = emitter && places.get(emitter.node);
  const to = reader && places.get(reader.node);
  if (from && emitter) {
    const row = Math.max(0, from.outputs.indexOf(emitter.port));
    return { ...shape, x: from.x + from.width + 72, y: from.y + portOffset(row) - size.height / 2 };
  }
  if (to && reader) {
    const row = Math.max(0, to.inputs.indexOf(reader.port));
    return { ...shape, x: to.x - size.width - 72, y: to.y + portOffset(row) - size.height / 2 };
  }
  return { ...shape, x: 64 + (index % 4) * 240, y: 8 };
}

/** Middle of a port's row, from the top of its node. */
export function portOffset(row: number): number {
  return HEADER_HEIGHT + ROWS_PADDING / 2 + row * ROW_HEIGHT + ROW_HEIGHT / 2;
}

/** A free spot for something new at this place: moved on until nothing stands there. */
export function freeSpot(canvas: Canvas, at: Position, size: Size): Position {
  let spot = { x: Math.round(at.x / GRID) * GRID, y: Math.round(at.y / GRID) * GRID };
  const boxes = [...canvas.nodes, ...canvas.pills];
  for (let tries = 0; tries < 50; tries += 1) {
    const hit = boxes.some(
      (box) =>
        spot.x < box.x + box.width &&
        box.x < spot.x + size.width &&
        spot.y < box.y + box.height &&
        box.y < spot.y + size.height,
    );
    if (!hit) return spot;
    spot = { x: spot.x + GRID * 3, y: spot.y + GRID * 4 };
  }
  return spot;
}
