// The texts that mutants change are those of the sources: found at once, before a suite starts an engine that cannot.
import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { MUTANTS } from "../support/fault/mutants.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const sources = ["engine", "nodes"].flatMap((folder) =>
  globSync(`${folder}/**/*.{ts,lua}`, { cwd: PROJECT, exclude: ["**/dist/**", "**/node_modules/**"] }),
);

test.each(Object.entries(MUTANTS))("%s: its text is in one source file", (_, changes) => {
  for (const { file, find } of changes) {
    const files = sources.filter((path) => `/${path}`.endsWith(file));
    expect(files).toHaveLength(1);
    expect(readFileSync(resolve(PROJECT, files[0] ?? ""), "utf8")).toContain(find);
  }
});
