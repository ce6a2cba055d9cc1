// The node types that the engine knows, as `GET /api/nodes` tells them.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { NodeTypeInfo } from "../../engine/admin/api.ts";
import type { Catalogue } from "../document/types.ts";

export interface CatalogueState {
  readonly types: Catalogue;
  /** False until the first answer: no type is "unknown" before. */
  readonly loaded: boolean;
}

export interface CatalogueStore {
  readonly state: StoreApi<CatalogueState>;
  set(types: readonly NodeTypeInfo[]): void;
}

export function createCatalogueStore(): CatalogueStore {
  const state = createStore<CatalogueState>(() => ({ types: new Map(), loaded: false }));
  return {
    state,
    set: (types) => state.setState({ types: new Map(types.map((info) => [info.type, info])), loaded: true }),
  };
}
