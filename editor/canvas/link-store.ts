// The wire that is being drawn, and which ports it can end at: nodes light up or fade by it.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { LinkOrigin, NodeVerdict } from "../document/linking.ts";

export interface LinkState {
  readonly origin: LinkOrigin | null;
  readonly verdicts: ReadonlyMap<string, NodeVerdict> | null;
}

export type LinkStore = StoreApi<LinkState>;

export function createLinkStore(): LinkStore {
  return createStore<LinkState>(() => ({ origin: null, verdicts: null }));
}
