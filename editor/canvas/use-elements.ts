// What @xyflow/react draws, kept in step with the document. While things are dragged only the drawing moves; where
// they come to rest becomes a command.
import {
  applyNodeChanges,
  type EdgeChange,
  type NodeChange,
  type OnEdgesChange,
  type OnNodesChange,
} from "@xyflow/react";
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Canvas } from "../document/canvas.ts";
import { moveItems } from "../document/commands.ts";
import { nodeOf, type Position, type Selection } from "../document/draft.ts";
import { useDocument, useEditor } from "../editor.ts";
import { type CanvasElement, type Labels, toElements, toWireElements, type WireElement } from "./elements.ts";

export function useElements(canvas: Canvas): {
  readonly elements: CanvasElement[];
  readonly wires: WireElement[];
  readonly onNodesChange: OnNodesChange<CanvasElement>;
  readonly onEdgesChange: OnEdgesChange<WireElement>;
} {
  const { t } = useTranslation();
  const { document, catalogue } = useEditor();
  const selection = useDocument((open) => open.selection);
  const labels = useMemo<Labels>(
    () => ({
      node: (id) => {
        const node = nodeOf(document.current().draft, id);
        const type = catalogue.state.getState().types.get(node?.type ?? "")?.title ?? node?.type ?? "";
        const title = node?.title ?? type;
        return title === type ? `${title} (${id})` : `${title} (${type})`;
      },
      topic: (name) => t("canvas.topic", { name }),
    }),
    [document, catalogue, t],
  );

  const [elements, setElements] = useState<CanvasElement[]>(() => toElements(canvas, selection, labels, []));
  useLayoutEffect(() => {
    setElements((before) => toElements(canvas, selection, labels, before));
  }, [canvas, selection, labels]);

  const lastWires = useRef<readonly WireElement[]>([]);
  const wires = useMemo(
    () => toWireElements(canvas, selection, labels, lastWires.current),
    [canvas, selection, labels],
  );
  lastWires.current = wires;

  const onNodesChange = useCallback<OnNodesChange<CanvasElement>>(
    (changes) => {
      const drawn = changes.filter((change) => change.type === "position" || change.type === "dimensions");
      if (drawn.length > 0) setElements((before) => applyNodeChanges(drawn, before));
      const rest = placesOf(changes);
      if (rest) document.dispatch(moveItems(rest));
      const next = selectionAfter(document.current().selection, changes, canvas);
      if (next) document.select(next);
    },
    [document, canvas],
  );

  const onEdgesChange = useCallback<OnEdgesChange<WireElement>>(
    (changes) => {
      const chosen = changes.filter((change) => change.type === "select");
      if (chosen.length === 0) return;
      const before = document.current().selection;
      const wiresNow = chosen.reduce(
        (list, change) => toggled(list, change.id, change.selected),
        before.wires,
      );
      const added = chosen.some((change) => change.selected);
      document.select({
        ...before,
        wires: wiresNow,
        topics: added ? onlyPills(before.topics, canvas) : before.topics,
      });
    },
    [document, canvas],
  );

  return { elements, wires, onNodesChange, onEdgesChange };
}

/** Where things came to rest: after a drag, or moved by the arrow keys. */
function placesOf(changes: readonly NodeChange<CanvasElement>[]) {
  const nodes: Record<string, Position> = {};
  const topics: Record<string, Position> = {};
  let count = 0;
  for (const change of changes) {
    if (change.type !== "position" || change.dragging || !change.position) continue;
    count += 1;
    if (change.id.startsWith("node:")) nodes[change.id.slice(5)] = change.position;
    else topics[change.id.slice(6)] = change.position;
  }
  return count > 0 ? { nodes, topics } : null;
}

function selectionAfter(
  before: Selection,
  changes: readonly (NodeChange<CanvasElement> | EdgeChange<WireElement>)[],
  canvas: Canvas,
): Selection | null {
  let { nodes, topics } = before;
  let touched = false;
  for (const change of changes) {
    if (change.type !== "select") continue;
    touched = true;
    if (change.id.startsWith("node:")) nodes = toggled(nodes, change.id.slice(5), change.selected);
    else topics = toggled(topics, change.id.slice(6), change.selected);
  }
  return touched ? { nodes, topics: onlyPills(topics, canvas), wires: before.wires } : null;
}

/** A topic chosen by its label is no element of the drawing: choosing another thing lets go of it. */
function onlyPills(topics: readonly string[], canvas: Canvas): readonly string[] {
  return topics.filter((topic) => canvas.pills.some((pill) => pill.topic === topic));
}

function toggled(list: readonly string[], item: string, on: boolean): readonly string[] {
  const rest = list.filter((other) => other !== item);
  return on ? [...rest, item] : rest;
}
