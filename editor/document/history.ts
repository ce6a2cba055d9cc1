// Undo and redo. Each edit is a mark: a label for people and the changes it made. Marks of one gesture (a drag,
// typing in one field) merge. At most LIMIT marks are kept; the oldest are forgotten.
import { applyChanges, type Change, difference, reverse } from "./changes.ts";
import type { Draft } from "./draft.ts";

const LIMIT = 300;

export interface Mark {
  readonly label: string;
  /** Edits with the same key, one after the other, become one mark. */
  readonly merge: string | null;
  readonly changes: readonly Change[];
}

export interface History {
  readonly past: readonly Mark[];
  readonly future: readonly Mark[];
}

export const NO_HISTORY: History = { past: [], future: [] };

/** A history in which the edit from `before` to `after` is the newest; the same one when nothing changed. */
export function record(
  history: History,
  edit: { readonly label: string; readonly merge?: string },
  before: Draft,
  after: Draft,
): History {
  const changes = difference(before, after);
  if (changes.length === 0) return history;
  const last = history.past.at(-1);
  if (last && edit.merge !== undefined && last.merge === edit.merge && history.future.length === 0) {
    const merged = compact([...last.changes, ...changes]);
    return { past: [...history.past.slice(0, -1), { ...last, changes: merged }], future: [] };
  }
  const mark: Mark = { label: edit.label, merge: edit.merge ?? null, changes };
  return { past: [...history.past, mark].slice(-LIMIT), future: [] };
}

/** Ends the gesture: the next edit is a mark of its own. */
export function seal(history: History): History {
  const last = history.past.at(-1);
  if (!last || last.merge === null) return history;
  return { ...history, past: [...history.past.slice(0, -1), { ...last, merge: null }] };
}

/** One step back; null when there is none. */
export function undo(
  history: History,
  draft: Draft,
): { history: History; draft: Draft; label: string } | null {
  const mark = history.past.at(-1);
  if (!mark) return null;
  return {
    draft: applyChanges(draft, reverse(mark.changes)),
    history: { past: history.past.slice(0, -1), future: [...history.future, { ...mark, merge: null }] },
    label: mark.label,
  };
}

/** One step forward again; null when there is none. */
export function redo(
  history: History,
  draft: Draft,
): { history: History; draft: Draft; label: string } | null {
  const mark = history.future.at(-1);
  if (!mark) return null;
  return {
    draft: applyChanges(draft, mark.changes),
    history: { past: [...history.past, mark], future: history.future.slice(0, -1) },
    label: mark.label,
  };
}

/** Joins sets of the same place that follow each other, so that a long drag stays small. */
function compact(changes: readonly Change[]): readonly Change[] {
  if (changes.some((change) => change.kind === "order" || change.before === null || change.after === null))
    return changes;
  const joined = new Map<string, Change>();
  for (const change of changes) {
    const key = JSON.stringify(change.path);
    const earlier = joined.get(key);
    joined.set(key, earlier ? ({ ...change, before: earlier.before } as Change) : change);
  }
  // Only safe while no place lies inside another.
  const paths = [...joined.values()].map((change) => change.path);
  const nested = paths.some((path) =>
    paths.some((other) => other.length > path.length && path.every((step, index) => step === other[index])),
  );
  return nested ? changes : [...joined.values()];
}
