// Keys that work wherever the focus is, except while typing (deploy works then too).
import { useEffect } from "react";
import { useEditor } from "../editor.ts";
import { combination, isTyping } from "./shortcuts.ts";

export function useGlobalKeys(): void {
  const { document, shell } = useEditor();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const keys = combination(event);
      if (keys === "Mod+S" || keys === "Mod+Enter") {
        event.preventDefault();
        shell.getState().deploy?.();
        return;
      }
      if (event.defaultPrevented || isTyping(event.target)) return;
      const action: Record<string, () => void> = {
        "Mod+Z": document.undo,
        "Mod+Shift+Z": document.redo,
        "Mod+Y": document.redo,
        "?": () => shell.setState({ keysOpen: true }),
        "/": () => {
          shell.setState({ paletteOpen: true });
          setTimeout(() => window.document.getElementById("palette-search")?.focus());
        },
      };
      const run = Object.hasOwn(action, keys) ? action[keys] : undefined;
      if (!run) return;
      event.preventDefault();
      run();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [document, shell]);
}
