// Which entries of a live list are shown: of this flow, by node and text, and while paused only those that were
// there. Pure.
import type { DebugEvent, LogLineEvent } from "../../engine/admin/api.ts";
import type { Numbered } from "../live/store.ts";
import { contains } from "./value-tree.ts";

export interface DebugFilter {
  readonly flow: string;
  /** null: all nodes. */
  readonly node: string | null;
  readonly text: string;
  /** Entries up to this serial were cleared away. */
  readonly clearedTo: number;
  /** Entries after this serial wait until the list goes on; null while it runs. */
  readonly pausedAt: number | null;
}

export interface Tail<T> {
  /** Oldest first. */
  readonly shown: readonly T[];
  /** How many came since the pause. */
  readonly held: number;
}

export function debugTail(
  entries: readonly Numbered<DebugEvent>[],
  filter: DebugFilter,
): Tail<Numbered<DebugEvent>> {
  const fresh = entries.filter((entry) => entry.flow === filter.flow && entry.serial > filter.clearedTo);
  const running = fresh.filter((entry) => filter.pausedAt === null || entry.serial <= filter.pausedAt);
  const shown = running.filter(
    (entry) =>
      (filter.node === null || entry.node === filter.node) &&
      (filter.text === "" || contains([entry.label, entry.node, entry.value], filter.text)),
  );
  return { shown, held: fresh.length - running.length };
}

export const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** Lines of a level and above that hold the text. */
export function logTail(
  lines: readonly Numbered<LogLineEvent>[],
  filter: { readonly level: Level; readonly text: string; readonly clearedTo: number },
): readonly Numbered<LogLineEvent>[] {
  const least = LEVELS.indexOf(filter.level);
  return lines.filter(
    (line) =>
      line.serial > filter.clearedTo &&
      LEVELS.indexOf(line.level) >= least &&
      (filter.text === "" || contains([line.text, line.fields], filter.text)),
  );
}
