// What nodes and wires on the canvas share, beyond the editor's parts.
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { LinkState, LinkStore } from "./link-store.ts";

export const LinkContext = createContext<LinkStore | null>(null);

export function useLink<T>(selector: (state: LinkState) => T): T {
  const store = useContext(LinkContext);
  if (!store) throw new Error("useLink outside of the canvas.");
  return useStore(store, selector);
}
