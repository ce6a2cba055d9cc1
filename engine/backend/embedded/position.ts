// Where an entry stands in an embedded stream: one integer for SQLite, `<ms>-<sequence>` outside.
import { parseEntryId } from "../entry-id.ts";

/** Entries of one millisecond; more move on to the next one. Keeps positions exact in a double until the year 2248. */
const PER_MS = 1024;
const LARGEST = Number.MAX_SAFE_INTEGER;

/** The first position of a millisecond. */
export function positionAt(ms: number): number {
  return Math.max(0, Math.floor(ms)) * PER_MS;
}

export function entryId(position: number): string {
  return `${Math.floor(position / PER_MS)}-${position % PER_MS}`;
}

/**
 * The position of an id. An id with milliseconds only stands for the `first` or the `last` entry of them.
 * Throws `backend/entry-id-invalid`.
 */
export function positionOf(id: string, incomplete: "first" | "last" = "first"): number {
  const known = ownPosition(id);
  if (known !== undefined) return known;
  const { ms, sequence } = parseEntryId(id);
  const start = Number(ms) * PER_MS;
  const offset = sequence === undefined ? (incomplete === "first" ? 0 : PER_MS - 1) : Number(sequence);
  return Math.min(start + Math.min(offset, PER_MS), LARGEST);
}

/** Quickly, for the ids that `entryId` makes. */
function ownPosition(id: string): number | undefined {
  const dash = id.indexOf("-");
  if (dash <= 0) return undefined;
  const position = Number(id.slice(0, dash)) * PER_MS + Number(id.slice(dash + 1));
  return position <= LARGEST && entryId(position) === id ? position : undefined;
}
