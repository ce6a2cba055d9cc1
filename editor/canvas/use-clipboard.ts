// Copy, cut and paste through the system's clipboard, by the browser's own events: they work without permission,
// across flows and windows. What was copied is also remembered here, for browsers that keep the clipboard shut.
import { notifications } from "@mantine/notifications";
import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Canvas, toCanvas } from "../document/canvas.ts";
import { type Clip, copySelection, parseClip } from "../document/clipboard.ts";
import { removeItems } from "../document/commands.ts";
import type { Position } from "../document/draft.ts";
import { duplicate, paste } from "../document/paste.ts";
import { useEditor } from "../editor.ts";
import { isTyping } from "../shell/shortcuts.ts";

let remembered: Clip | null = null;

export function useClipboard(canvas: Canvas, wrapper: RefObject<HTMLElement | null>): void {
  const { t } = useTranslation();
  const { document } = useEditor();
  const { screenToFlowPosition } = useReactFlow();
  const latest = useRef(canvas);
  latest.current = canvas;

  useEffect(() => {
    const pointer = { at: null as Position | null, pastes: 0 };
    const moved = (event: PointerEvent) => {
      const inside = event.target instanceof Node && wrapper.current?.contains(event.target);
      pointer.at = inside ? { x: event.clientX, y: event.clientY } : null;
      pointer.pastes = 0;
    };
    const ours = (event: ClipboardEvent) =>
      !isTyping(event.target) && (getSelection()?.isCollapsed ?? true) && event.clipboardData !== null;

    const copied = (event: ClipboardEvent) => {
      if (!ours(event)) return;
      const open = document.current();
      const clip = copySelection(open.draft, open.selection, placesOf(latest.current));
      if (!clip) return;
      remembered = clip;
      event.clipboardData?.setData("text/plain", JSON.stringify(clip, null, 2));
      event.preventDefault();
      if (event.type === "cut") {
        document.dispatch({ ...removeItems(open.selection), label: "Cut" });
        document.select({});
      }
    };
    const pasted = (event: ClipboardEvent) => {
      if (!ours(event)) return;
      const text = event.clipboardData?.getData("text/plain") ?? "";
      const clip = parseClip(text) ?? (text === "" ? remembered : null);
      event.preventDefault();
      if (!clip) {
        notifications.show({ message: t("canvas.pasted"), color: "yellow" });
        return;
      }
      const box = wrapper.current?.getBoundingClientRect();
      const screen = pointer.at ?? { x: (box?.left ?? 0) + 120, y: (box?.top ?? 0) + 120 };
      const at = screenToFlowPosition({
        x: screen.x + pointer.pastes * 24,
        y: screen.y + pointer.pastes * 24,
      });
      pointer.pastes += 1;
      const { command, selection } = paste(document.current().draft, clip, at);
      document.dispatch(command);
      document.select(selection);
    };
    addEventListener("pointermove", moved);
    addEventListener("copy", copied);
    addEventListener("cut", copied);
    addEventListener("paste", pasted);
    return () => {
      removeEventListener("pointermove", moved);
      removeEventListener("copy", copied);
      removeEventListener("cut", copied);
      removeEventListener("paste", pasted);
    };
  }, [document, screenToFlowPosition, t, wrapper]);
}

/** A copy of what is selected, beside it. */
export function useDuplicate(): () => void {
  const { document, catalogue } = useEditor();
  return useCallback(() => {
    const { draft, selection } = document.current();
    const canvas = toCanvas(draft, catalogue.state.getState().types);
    const clip = copySelection(draft, selection, placesOf(canvas));
    if (!clip) return;
    const { command, selection: made } = duplicate(draft, clip);
    document.dispatch(command);
    document.select(made);
  }, [document, catalogue]);
}

function placesOf(canvas: Canvas) {
  return {
    nodes: Object.fromEntries(canvas.nodes.map(({ id, x, y }) => [id, { x, y }])),
    topics: Object.fromEntries(canvas.pills.map(({ topic, x, y }) => [topic, { x, y }])),
  };
}
