// Unsaved work outlives a reload: one draft per flow in the browser's storage, gone when nothing differs any more.
import { equal } from "../document/changes.ts";
import type { Draft } from "../document/draft.ts";
import type { DocumentStore } from "../document/store.ts";

const PREFIX = "millrace:draft:";
const SAVE_AFTER_MS = 250;

export interface StoredDraft {
  readonly draft: Draft;
  /** The revision the work began with; 0 for a flow that was never deployed. */
  readonly revision: number;
}

export interface DraftStorage {
  read(name: string): StoredDraft | null;
  write(name: string, stored: StoredDraft): void;
  remove(name: string): void;
  names(): string[];
}

export function createDraftStorage(storage: Storage): DraftStorage {
  return {
    read: (name) => {
      const text = storage.getItem(PREFIX + name);
      if (text === null) return null;
      try {
        const stored = JSON.parse(text) as StoredDraft;
        return typeof stored.revision === "number" && typeof stored.draft?.flow === "object" ? stored : null;
      } catch {
        return null; // not readable: as if there were none
      }
    },
    write: (name, stored) => {
      try {
        storage.setItem(PREFIX + name, JSON.stringify(stored));
      } catch {
        // The storage is full or forbidden: work goes on, without this net.
      }
    },
    remove: (name) => storage.removeItem(PREFIX + name),
    names: () =>
      Object.keys(storage)
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => key.slice(PREFIX.length)),
  };
}

/** Writes changed drafts down a moment after each edit, and when the page goes. */
export function keepDrafts(document: DocumentStore, drafts: DraftStorage): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const { name, draft, deployed: runs, revision } of Object.values(
      document.state.getState().documents,
    )) {
      if (revision > 0 && equal(draft, runs)) drafts.remove(name);
      else drafts.write(name, { draft, revision });
    }
  };
  document.state.subscribe((now, before) => {
    if (now.documents !== before.documents) timer ??= setTimeout(save, SAVE_AFTER_MS);
  });
  addEventListener("pagehide", () => {
    if (timer !== undefined) save();
  });
}
