// Monaco, loaded when code is first shown: it is as large as the rest of the editor together.
import type { Monaco } from "./monaco-parts.ts";

export type { Monaco } from "./monaco-parts.ts";

let loading: Promise<Monaco> | undefined;

/** The one Monaco of this page. A failed load (the engine restarted) is tried anew at the next call. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= import("./monaco-parts.ts").then(
    (parts) => parts.prepareMonaco(),
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
