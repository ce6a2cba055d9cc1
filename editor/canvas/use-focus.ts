// Brings into view what someone asked to see: from a problem, a debug line, a search.
import { useReactFlow } from "@xyflow/react";
import { useEffect, useRef } from "react";
import type { Canvas } from "../document/canvas.ts";
import { useDocument } from "../editor.ts";
import { nodeElementId, topicElementId } from "./elements.ts";

export function useFocus(canvas: Canvas): void {
  const focus = useDocument((open) => open.focus);
  const { fitView } = useReactFlow();
  const latest = useRef(canvas);
  latest.current = canvas;
  const seen = useRef(focus?.serial);

  useEffect(() => {
    if (!focus || seen.current === focus.serial) return;
    seen.current = focus.serial;
    const nodes =
      focus.node !== undefined
        ? [nodeElementId(focus.node)]
        : focus.topic !== undefined
          ? elementsOf(latest.current, focus.topic)
          : [];
    if (nodes.length === 0) return;
    void fitView({
      nodes: nodes.map((id) => ({ id })),
      maxZoom: 1,
      minZoom: 0.4,
      padding: 0.6,
      duration: 250,
    });
  }, [focus, fitView]);
}

/** The pill of a topic, or else the nodes its wires join. */
function elementsOf(canvas: Canvas, topic: string): string[] {
  if (canvas.pills.some((pill) => pill.topic === topic)) return [topicElementId(topic)];
  const ends = canvas.wires.filter((wire) => wire.topic === topic).flatMap((wire) => [wire.from, wire.to]);
  return [...new Set(ends.flatMap((end) => (end ? [nodeElementId(end.node)] : [])))];
}
