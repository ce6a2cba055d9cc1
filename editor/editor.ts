// All parts of the editor, made once in main.tsx and handed down by React context.
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { Api } from "./api/api.ts";
import type { CatalogueState, CatalogueStore } from "./catalogue/store.ts";
import type { Deployment } from "./deploy/deployment.ts";
import { type DocumentStore, type OpenDocument, openDocument } from "./document/store.ts";
import type { LiveClient } from "./live/client.ts";
import type { LiveState, LiveStore } from "./live/store.ts";
import type { Session, SessionState } from "./shell/session.ts";
import type { ShellState, ShellStore } from "./shell/store.ts";

export interface Editor {
  readonly api: Api;
  readonly document: DocumentStore;
  readonly catalogue: CatalogueStore;
  readonly live: LiveStore;
  readonly liveClient: LiveClient;
  readonly shell: ShellStore;
  readonly deployment: Deployment;
  readonly session: Session;
}

export const EditorContext = createContext<Editor | null>(null);

/** The parts; for event handlers. To draw, use the hooks below, with a narrow selector. */
export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("useEditor outside of EditorContext.");
  return editor;
}

/** Part of the document on the canvas. The selector must return something stable (no new object each time). */
export function useDocument<T>(selector: (document: OpenDocument) => T): T {
  const { document } = useEditor();
  return useStore(document.state, (state) => selector(openDocument(state)));
}

export function useLive<T>(selector: (state: LiveState) => T): T {
  return useStore(useEditor().live, selector);
}

export function useCatalogue<T>(selector: (state: CatalogueState) => T): T {
  return useStore(useEditor().catalogue.state, selector);
}

export function useShell<T>(selector: (state: ShellState) => T): T {
  return useStore(useEditor().shell, selector);
}

export function useSession<T>(selector: (state: SessionState) => T): T {
  return useStore(useEditor().session.state, selector);
}
