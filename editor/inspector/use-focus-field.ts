// Jumps to the field that a place in the flow speaks of: a click on a problem ends at its field.
import { useEffect } from "react";
import { pointerSteps } from "../document/problems.ts";
import { useDocument } from "../editor.ts";

const TRIES = 20;
const TRY_MS = 100;

/** Brings the field of `focus.path` into view each time a place is revealed; `id` is the shown node. */
export function useFocusField(id: string): void {
  const focus = useDocument((document) => document.focus);
  useEffect(() => {
    const [area, node, part, ...path] = pointerSteps(focus?.path ?? "");
    if (area !== "nodes" || node !== id || part !== "config") return;
    let tries = 0;
    const timer = setInterval(() => {
      tries += 1;
      const found = fieldOf(id, path);
      if (found || tries === TRIES) clearInterval(timer);
      found?.scrollIntoView({ block: "center" });
      const input = found?.matches("input, textarea, button")
        ? found
        : found?.querySelector<HTMLElement>("input, textarea, button");
      input?.focus({ preventScroll: true });
    }, TRY_MS);
    return () => clearInterval(timer);
  }, [focus, id]);
}

/** The field at a path of the config, or the nearest one around it. Ids are rjsf's: prefix and steps. */
function fieldOf(id: string, path: readonly string[]): HTMLElement | null {
  for (let length = path.length; length > 0; length -= 1) {
    const found = document.getElementById([`config-${id}`, ...path.slice(0, length)].join("_"));
    if (found) return found;
  }
  return null;
}
