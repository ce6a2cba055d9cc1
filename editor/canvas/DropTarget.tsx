// Where a type from the palette can be dropped: on the canvas, or on a wire, which it then becomes part of.
import { useReactFlow } from "@xyflow/react";
import type { Position } from "../document/draft.ts";
import { carried, carries } from "../palette/carry.ts";
import style from "./canvas.module.css";

export function DropTarget(props: {
  readonly onDrop: (type: string, at: Position, options: { readonly wire: string | null }) => void;
  readonly children: React.ReactNode;
}) {
  const { screenToFlowPosition } = useReactFlow();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only a landing place; the keyboard adds by Enter in the palette
    <div
      className={style.fill}
      onDragOver={(event) => {
        if (!carries(event.dataTransfer)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      }}
      onDrop={(event) => {
        const type = carried(event.dataTransfer);
        if (type === null) return;
        event.preventDefault();
        const screen = { x: event.clientX, y: event.clientY };
        const at = screenToFlowPosition({ x: screen.x - 60, y: screen.y - 17 });
        props.onDrop(type, at, { wire: wireAt(screen) });
      }}
    >
      {props.children}
    </div>
  );
}

/** The id of the wire at a place of the screen. */
export function wireAt(screen: Position): string | null {
  for (const element of document.elementsFromPoint(screen.x, screen.y)) {
    const wire = element.closest(".react-flow__edge, [data-wire]");
    if (wire) return wire.getAttribute("data-wire") ?? wire.getAttribute("data-id");
  }
  return null;
}
