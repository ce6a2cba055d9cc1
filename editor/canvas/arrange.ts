// The layout engine, in a worker of its own, loaded when first needed.

import { cornerOf, elkGraph, placementOf } from "../document/arrangement.ts";
import type { Canvas } from "../document/canvas.ts";
import type { Placement } from "../document/commands/layout.ts";

/** New places for the canvas, or for a part of it (`node:<id>`, `topic:<name>`). */
export async function arrange(canvas: Canvas, only?: ReadonlySet<string>): Promise<Placement> {
  const [{ default: Elk }, { default: address }] = await Promise.all([
    import("elkjs/lib/elk-api.js"),
    import("elkjs/lib/elk-worker.min.js?url"),
  ]);
  const elk = new Elk({ workerFactory: () => new Worker(address) });
  try {
    return placementOf(await elk.layout(elkGraph(canvas, only)), cornerOf(canvas, only));
  } finally {
    elk.terminateWorker();
  }
}
