// What a package says about itself against what is in it.
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { namesIn } from "../../support/imports.ts";
import type { InstalledPackage } from "./installation.ts";

/** Imports of packages that are neither Node's, nor its own, nor among its dependencies: `file: package`. */
export function undeclaredImports({ folder, manifest, files }: InstalledPackage): string[] {
  const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
  return files
    .filter((file) => /\.m?js$/.test(file))
    .flatMap((file) =>
      namesIn(readFileSync(join(folder, file), "utf8"))
        .map(({ name }) => name)
        .filter(
          (name) => /^[@\w]/.test(name) && !/^(import\(\)|process\.exit)$/.test(name) && !isBuiltin(name),
        )
        .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name)
        .filter((name) => name !== manifest.name && !declared.has(name))
        .map((name) => `${file}: ${name}`),
    );
}

/** The files that the exports lead everybody to; what the checkout's own condition leads to stays at home. */
export function exportedFiles(target: unknown): string[] {
  if (typeof target === "string") return [target.replace(/^\.\//, "")];
  if (typeof target !== "object" || target === null) return [];
  return Object.entries(target).flatMap(([key, value]) =>
    key === "millrace-source" ? [] : exportedFiles(value),
  );
}
