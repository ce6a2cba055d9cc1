// The keys of the editor and what they are called. `?` shows this list; use-global-keys.ts and the canvas obey it.

export interface Shortcut {
  /** Key of the text `keys.<label>`. */
  readonly label: string;
  /** `Mod` is Ctrl, and Command on a Mac. */
  readonly keys: readonly string[];
}

export const SHORTCUTS: readonly Shortcut[] = [
  { label: "deploy", keys: ["Mod+S", "Mod+Enter"] },
  { label: "undo", keys: ["Mod+Z"] },
  { label: "redo", keys: ["Mod+Shift+Z", "Mod+Y"] },
  { label: "copy", keys: ["Mod+C"] },
  { label: "cut", keys: ["Mod+X"] },
  { label: "paste", keys: ["Mod+V"] },
  { label: "duplicate", keys: ["Mod+D"] },
  { label: "delete", keys: ["Delete", "Backspace"] },
  { label: "selectAll", keys: ["Mod+A"] },
  { label: "escape", keys: ["Escape"] },
  { label: "move", keys: ["Arrows"] },
  { label: "enable", keys: ["E"] },
  { label: "add", keys: ["Tab", "Double-click"] },
  { label: "fit", keys: ["F"] },
  { label: "arrange", keys: ["Shift+L"] },
  { label: "palette", keys: ["/"] },
  { label: "help", keys: ["?"] },
];

export const IS_MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The pressed combination in the words of the list: `Mod+Shift+Z`, `Delete`, `?`. */
export function combination(event: KeyboardEvent): string {
  const mod = IS_MAC ? event.metaKey : event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const shift = event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key));
  return [mod ? "Mod" : "", event.altKey ? "Alt" : "", shift ? "Shift" : "", key].filter(Boolean).join("+");
}

/** Whether keys belong to what has the focus: a field, a code editor, a dialog. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest("input, textarea, select, [role=dialog], .monaco-editor") !== null
  );
}
