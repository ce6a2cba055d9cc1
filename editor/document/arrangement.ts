// Arranging: what is handed to elkjs, and what its answer means. The layout itself runs in a worker (canvas/).
import type { Canvas, CanvasNode } from "./canvas.ts";
import { GRID, HEADER_HEIGHT, portOffset } from "./canvas.ts";
import type { Placement } from "./commands/layout.ts";
import type { Position } from "./draft.ts";
import { ERROR_PORT } from "./ports.ts";

interface ElkPort {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly layoutOptions: Readonly<Record<string, string>>;
}

export interface ElkGraph {
  readonly id: string;
  readonly layoutOptions: Record<string, string>;
  readonly children: {
    readonly id: string;
    readonly width: number;
    readonly height: number;
    readonly x?: number;
    readonly y?: number;
    readonly layoutOptions?: Record<string, string>;
    readonly ports?: ElkPort[];
  }[];
  readonly edges: { readonly id: string; readonly sources: string[]; readonly targets: string[] }[];
}

/** Room below a node for its status, and beside a source for its button. */
const STATUS_ROOM = 22;
const BUTTON_ROOM = 30;

/** The part of the canvas that is to be arranged; without `only`, all of it. */
export function elkGraph(canvas: Canvas, only?: ReadonlySet<string>): ElkGraph {
  const wanted = (key: string) => only === undefined || only.has(key);
  const nodes = canvas.nodes.filter((node) => wanted(`node:${node.id}`));
  const pills = canvas.pills.filter((pill) => wanted(`topic:${pill.topic}`));
  const known = new Set([
    ...nodes.map((node) => `node:${node.id}`),
    ...pills.map((pill) => `topic:${pill.topic}`),
  ]);
  const edges = canvas.wires
    .map((wire) => ({
      id: wire.id,
      from: wire.from ? `node:${wire.from.node}` : `topic:${wire.topic}`,
      to: wire.to ? `node:${wire.to.node}` : `topic:${wire.topic}`,
      source: wire.from ? `node:${wire.from.node}>${wire.from.port}` : `topic:${wire.topic}`,
      target: wire.to ? `node:${wire.to.node}<${wire.to.port}` : `topic:${wire.topic}`,
    }))
    .filter((edge) => known.has(edge.from) && known.has(edge.to))
    .map(({ id, source, target }) => ({ id, sources: [source], targets: [target] }));
  return {
    id: "flow",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "RIGHT",
      "elk.spacing.nodeNode": "36",
      "elk.layered.spacing.nodeNodeBetweenLayers": "128",
      "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
      "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
      "elk.separateConnectedComponents": "true",
      "elk.spacing.componentComponent": "56",
    },
    children: [
      ...nodes.map((node) => ({
        id: `node:${node.id}`,
        width: node.width,
        height: node.height + STATUS_ROOM,
        layoutOptions: { "elk.portConstraints": "FIXED_POS" },
        ports: portsOf(node),
      })),
      ...pills.map((pill) => ({ id: `topic:${pill.topic}`, width: pill.width, height: pill.height })),
    ],
    edges,
  };
}

function portsOf(node: CanvasNode): ElkPort[] {
  const port = (id: string, x: number, y: number, side: string): ElkPort => ({
    id: `node:${node.id}${id}`,
    x,
    y,
    width: 1,
    height: 1,
    layoutOptions: { "elk.port.side": side },
  });
  return [
    ...node.inputs.map((name, row) => port(`<${name}`, 0, portOffset(row), "WEST")),
    ...node.outputs.map((name, row) => port(`>${name}`, node.width, portOffset(row), "EAST")),
    port(`>${ERROR_PORT}`, node.width, Math.max(HEADER_HEIGHT, node.height) - 2, "EAST"),
  ];
}

/** Places from elk's answer, on the grid; the upper left corner of all comes to stand at `corner`. */
export function placementOf(
  answer: {
    readonly children?: readonly { readonly id: string; readonly x?: number; readonly y?: number }[];
  },
  corner: Position,
): Placement {
  const children = answer.children ?? [];
  const left = Math.min(...children.map((child) => child.x ?? 0));
  const top = Math.min(...children.map((child) => child.y ?? 0));
  const nodes: Record<string, Position> = {};
  const topics: Record<string, Position> = {};
  for (const { id, x = 0, y = 0 } of children) {
    const at = { x: onGrid(corner.x + x - left), y: onGrid(corner.y + y - top) };
    if (id.startsWith("node:")) nodes[id.slice(5)] = at;
    else topics[id.slice(6)] = at;
  }
  return { nodes, topics };
}

/** The upper left corner of what is arranged. */
export function cornerOf(canvas: Canvas, only?: ReadonlySet<string>): Position {
  const boxes = [
    ...canvas.nodes.filter((node) => only?.has(`node:${node.id}`) ?? true),
    ...canvas.pills.filter((pill) => only?.has(`topic:${pill.topic}`) ?? true),
  ];
  if (boxes.length === 0) return { x: BUTTON_ROOM, y: 0 };
  return { x: Math.min(...boxes.map((box) => box.x)), y: Math.min(...boxes.map((box) => box.y)) };
}

function onGrid(value: number): number {
  return Math.round(value / GRID) * GRID;
}
