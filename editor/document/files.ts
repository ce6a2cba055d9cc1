// The files that a config names: `{ "$file": "path" }` anywhere inside it.
import { isPlain } from "./changes.ts";

/** Paths of all files named in a value. */
export function filesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(filesIn);
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "$file" && typeof item === "string" ? [item] : filesIn(item),
  );
}

/** The value with files renamed. */
export function renameFiles(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => renameFiles(item, names));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === "$file" && typeof item === "string"
        ? [key, names.get(item) ?? item]
        : [key, renameFiles(item, names)],
    ),
  );
}
