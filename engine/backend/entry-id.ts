// Places in a stream: `<milliseconds>-<number>`, as Redis writes them. Numbers are 64 bits there, so they stay text.
import { entryIdInvalid } from "../base/errors/index.ts";

const PLACE = /^(\d{1,20})(?:-(\d{1,20}))?$/;

export interface EntryPlace {
  readonly ms: bigint;
  /** Undefined when only milliseconds were given. */
  readonly sequence: bigint | undefined;
}

/** Throws `backend/entry-id-invalid`. */
export function parseEntryId(id: string): EntryPlace {
  const match = PLACE.exec(id);
  if (!match?.[1]) throw entryIdInvalid({ id });
  return { ms: BigInt(match[1]), sequence: match[2] === undefined ? undefined : BigInt(match[2]) };
}

/** Negative, 0 or positive, as for `sort`. Both must be whole ids. */
export function compareEntryIds(left: string, right: string): number {
  const a = parseEntryId(left);
  const b = parseEntryId(right);
  return compare(a.ms, b.ms) || compare(a.sequence ?? 0n, b.sequence ?? 0n);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
