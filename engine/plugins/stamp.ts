// A short text that changes when any file of a package does, so that a changed package is imported anew.
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { LocatedPackage } from "./locate.ts";

/** Files looked at; a package with more is stamped by the first ones. */
const MAX_FILES = 2_000;

/** Looks at names, sizes and times of change; leaves out node_modules and hidden folders. */
export function stampOf({ folder, entry, isSingleFile }: LocatedPackage): string {
  const hash = createHash("sha256");
  const files = isSingleFile ? [entry] : filesUnder(folder);
  for (const file of files) {
    const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: 0 };
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest("hex").slice(0, 8);
}

function filesUnder(root: string): string[] {
  const files: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined && files.length < MAX_FILES; folder = folders.pop()) {
    const entries = readdirSync(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === "node_modules" || entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) folders.push(join(folder, entry.name));
      else if (files.length < MAX_FILES) files.push(join(folder, entry.name));
    }
  }
  return files;
}
