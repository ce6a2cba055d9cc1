// From the canvas of the document to what @xyflow/react draws, and back to our names. Objects of what did not
// change are kept, so that only what changed is drawn again.
import { type Edge, type Node, type NodeHandle, Position } from "@xyflow/react";
import type { Canvas, CanvasNode, CanvasPill, CanvasWire } from "../document/canvas.ts";
import { portOffset } from "../document/canvas.ts";
import type { PortRef, Selection } from "../document/draft.ts";
import { ERROR_PORT } from "../document/ports.ts";

/** `shape` changes when ports do. */
export type NodeElement = Node<{ readonly id: string; readonly shape: string }, "node">;
export type PillElement = Node<{ readonly topic: string; readonly shape: string }, "topic">;
export type CanvasElement = NodeElement | PillElement;
export type WireElement = Edge<{ readonly topic: string; readonly labelled: boolean }, "wire">;

/** Where a wire ends or begins: a port of a node, or a topic's pill. */
export type End =
  | { readonly kind: "port"; readonly ref: PortRef }
  | { readonly kind: "topic"; readonly topic: string };

const HANDLE = 10;

export function nodeElementId(id: string): string {
  return `node:${id}`;
}

export function topicElementId(topic: string): string {
  return `topic:${topic}`;
}

/** What an element and one of its handles stand for. */
export function endOf(element: string, handle: string | null | undefined): End | null {
  if (element.startsWith("topic:")) return { kind: "topic", topic: element.slice(6) };
  const port = handle?.replace(/^(in|out):/, "");
  if (!element.startsWith("node:") || port === undefined) return null;
  return { kind: "port", ref: { node: element.slice(5), port } };
}

export interface Labels {
  node(id: string): string;
  topic(name: string): string;
}

/** The boxes and pills, reusing the elements drawn before where nothing changed. */
export function toElements(
  canvas: Canvas,
  selection: Selection,
  labels: Labels,
  before: readonly CanvasElement[],
): CanvasElement[] {
  const known = new Map(before.map((element) => [element.id, element]));
  const nodes = new Set(selection.nodes);
  const topics = new Set(selection.topics);
  return [
    ...canvas.nodes.map((node) => keep(known, nodeElement(node, nodes.has(node.id), labels.node(node.id)))),
    ...canvas.pills.map((pill) =>
      keep(known, pillElement(pill, topics.has(pill.topic), labels.topic(pill.topic))),
    ),
  ];
}

function keep(known: ReadonlyMap<string, CanvasElement>, made: CanvasElement): CanvasElement {
  const old = known.get(made.id);
  const same =
    old !== undefined &&
    old.data.shape === made.data.shape &&
    old.position.x === made.position.x &&
    old.position.y === made.position.y &&
    old.width === made.width &&
    old.height === made.height &&
    old.selected === made.selected &&
    old.ariaLabel === made.ariaLabel;
  return same ? old : made;
}

function nodeElement(node: CanvasNode, selected: boolean, label: string): NodeElement {
  return {
    id: nodeElementId(node.id),
    type: "node",
    position: { x: node.x, y: node.y },
    width: node.width,
    height: node.height,
    measured: { width: node.width, height: node.height },
    handles: [
      ...node.inputs.map((port, row) => handle("target", `in:${port}`, Position.Left, 0, portOffset(row))),
      ...node.outputs.map((port, row) =>
        handle("source", `out:${port}`, Position.Right, node.width, portOffset(row)),
      ),
      handle("source", `out:${ERROR_PORT}`, Position.Bottom, node.width - 18, node.height),
    ],
    selected,
    ariaLabel: label,
    data: { id: node.id, shape: `${node.inputs.join()}|${node.outputs.join()}` },
  };
}

function pillElement(pill: CanvasPill, selected: boolean, label: string): PillElement {
  return {
    id: topicElementId(pill.topic),
    type: "topic",
    position: { x: pill.x, y: pill.y },
    width: pill.width,
    height: pill.height,
    measured: { width: pill.width, height: pill.height },
    handles: [
      handle("target", "in", Position.Left, 0, pill.height / 2),
      handle("source", "out", Position.Right, pill.width, pill.height / 2),
    ],
    selected,
    ariaLabel: label,
    data: { topic: pill.topic, shape: "" },
  };
}

function handle(type: "source" | "target", id: string, position: Position, x: number, y: number): NodeHandle {
  return { type, id, position, x: x - HANDLE / 2, y: y - HANDLE / 2, width: HANDLE, height: HANDLE };
}

/** The wires, reusing those drawn before. */
export function toWireElements(
  canvas: Canvas,
  selection: Selection,
  labels: Labels,
  before: readonly WireElement[],
): WireElement[] {
  const known = new Map(before.map((element) => [element.id, element]));
  const selected = new Set(selection.wires);
  return canvas.wires.map((wire) => {
    const old = known.get(wire.id);
    const isSelected = selected.has(wire.id);
    if (old && old.selected === isSelected && old.data?.labelled === wire.labelled) return old;
    return wireElement(wire, isSelected, labels.topic(wire.topic));
  });
}

function wireElement(wire: CanvasWire, selected: boolean, label: string): WireElement {
  return {
    id: wire.id,
    type: "wire",
    source: wire.from ? nodeElementId(wire.from.node) : topicElementId(wire.topic),
    sourceHandle: wire.from ? `out:${wire.from.port}` : "out",
    target: wire.to ? nodeElementId(wire.to.node) : topicElementId(wire.topic),
    targetHandle: wire.to ? `in:${wire.to.port}` : "in",
    selected,
    // The end at the reader can be moved to another one; at an output a new wire begins instead.
    reconnectable: wire.to ? "target" : false,
    ariaLabel: label,
    data: { topic: wire.topic, labelled: wire.labelled },
  };
}
