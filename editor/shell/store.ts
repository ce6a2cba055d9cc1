// The state of the window itself: which panels are open, which dialog.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Me } from "../../engine/admin/api.ts";

export type BottomTab = "debug" | "problems" | "topics" | "log";

export interface ShellState {
  /** "asking" until /api/me answered; null when a login is needed. */
  readonly me: Me | null | "asking";
  readonly paletteOpen: boolean;
  readonly inspectorOpen: boolean;
  readonly bottomOpen: boolean;
  readonly bottomTab: BottomTab;
  /** Pixels. */
  readonly inspectorWidth: number;
  readonly bottomHeight: number;
  /** Null: shown when the flow is large. */
  readonly mapOpen: boolean | null;
  readonly keysOpen: boolean;
  /** Adds a node of a type in the middle of the view; null while no canvas is shown. */
  readonly addNode: ((type: string) => void) | null;
  /** What the Deploy button does; null while it is not shown. */
  readonly deploy: (() => void) | null;
}

export type ShellStore = StoreApi<ShellState>;

export function createShellStore(): ShellStore {
  return createStore<ShellState>(() => ({
    me: "asking",
    paletteOpen: true,
    inspectorOpen: true,
    bottomOpen: true,
    bottomTab: "debug",
    inspectorWidth: 340,
    bottomHeight: 208,
    mapOpen: null,
    keysOpen: false,
    addNode: null,
    deploy: null,
  }));
}

/** Opens the bottom panel at a tab. */
export function showBottom(shell: ShellStore, tab: BottomTab): void {
  shell.setState({ bottomOpen: true, bottomTab: tab });
}
