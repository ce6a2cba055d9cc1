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
  readonly keysOpen: boolean;
}

export type ShellStore = StoreApi<ShellState>;

export function createShellStore(): ShellStore {
  return createStore<ShellState>(() => ({
    me: "asking",
    paletteOpen: true,
    inspectorOpen: true,
    bottomOpen: true,
    bottomTab: "debug",
    keysOpen: false,
  }));
}

/** Opens the bottom panel at a tab. */
export function showBottom(shell: ShellStore, tab: BottomTab): void {
  shell.setState({ bottomOpen: true, bottomTab: tab });
}
