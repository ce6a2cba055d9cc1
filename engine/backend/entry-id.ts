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
