// Keys of the canvas. They work while nothing else has the focus, or something on the canvas does.
import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect } from "react";
import { combination, isTyping } from "../shell/shortcuts.ts";
import type { QuickAddPlace } from "./QuickAdd.tsx";
import type { CanvasActions } from "./use-canvas-actions.ts";
import { useDuplicate } from "./use-clipboard.ts";

export function useCanvasKeys(
  wrapper: RefObject<HTMLElement | null>,
  actions: CanvasActions,
  askForNode: (place: QuickAddPlace) => void,
): void {
  const { screenToFlowPosition } = useReactFlow();
  const duplicate = useDuplicate();

  useEffect(() => {
    let pointer: { x: number; y: number } | null = null;
    const moved = (event: PointerEvent) => {
      const inside = event.target instanceof Node && wrapper.current?.contains(event.target);
      pointer = inside ? { x: event.clientX, y: event.clientY } : null;
    };
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target)) return;
      const free = document.activeElement === null || document.activeElement === document.body;
      if (!free && !wrapper.current?.contains(document.activeElement)) return;
      const keys = combination(event);
      if (keys === "Tab") {
        // Tab moves the focus as everywhere, unless the pointer works on the canvas and nothing has the focus.
        const onPane = free || document.activeElement?.closest(".react-flow__node, button") === null;
        if (!pointer || !onPane) return;
        event.preventDefault();
        askForNode({ screen: pointer, at: screenToFlowPosition(pointer), origin: null });
        return;
      }
      const action: Record<string, () => void> = {
        Delete: actions.removeSelected,
        Backspace: actions.removeSelected,
        "Mod+A": actions.selectAll,
        "Mod+D": duplicate,
        Escape: actions.selectNothing,
        E: actions.toggleSelected,
        F: actions.fit,
        "Shift+L": () => void actions.arrange(),
      };
      const run = Object.hasOwn(action, keys) ? action[keys] : undefined;
      if (!run) return;
      event.preventDefault();
      run();
    };
    addEventListener("pointermove", moved);
    addEventListener("keydown", pressed);
    return () => {
      removeEventListener("pointermove", moved);
      removeEventListener("keydown", pressed);
    };
  }, [wrapper, actions, askForNode, duplicate, screenToFlowPosition]);
}
