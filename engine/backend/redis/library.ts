// The Redis Function library: the Lua files of `functions/`, loaded at start, called with FCALL. Its name carries the
// hash of its text, so engines of different versions on one Redis never call each other's functions.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const FILES = [
  "publish",
  "commit",
  "read",
  "claim",
  "release",
  "defer",
  "remove",
  "held",
  "info",
  "groups",
  "trim",
  "state",
  "revisions",
  "leases",
  "effects",
] as const;

export type FunctionName =
  | "publish"
  | "commit"
  | "read"
  | "claim"
  | "release"
  | "defer"
  | "take_due"
  | "remove"
  | "drop"
  | "held"
  | "info"
  | "ensure_group"
  | "remove_group"
  | "trim"
  | "compare_and_set"
  | "append_revision"
  | "take_lease"
  | "beat_lease"
  | "release_lease"
  | "forget_lease"
  | "publish_effects";

export interface Library {
  readonly name: string;
  /** What FUNCTION LOAD takes. */
  readonly code: string;
}

export function readLibrary(): Library {
  const read = (file: string) => readFileSync(new URL(`./functions/${file}.lua`, import.meta.url), "utf8");
  const blocks = FILES.map((file) => `do\n${read(file)}\nend`);
  const text = [read("shared"), ...blocks].join("\n");
  const name = `millrace_${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
  return { name, code: `#!lua name=${name}\nlocal NAME = '${name}'\n${text}` };
}
