// Unsaved work outlives a reload: one draft per flow in the browser's storage, gone when nothing differs any more.
import type { Draft } from "../document/draft.ts";

const PREFIX = "millrace:draft:";

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
