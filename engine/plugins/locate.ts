// Where a node package is: from what a flow names (a path from its folder, or an npm name) to the file to import.
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve, sep } from "node:path";
import { errorText } from "../base/errors/error.ts";
import { packageNameBad, packageNotFound, packageUnreadable } from "../base/errors/plugins.ts";
import { isRecord } from "./schema-check.ts";

export interface LocatedPackage {
  /** From its package.json; the file's name for a single file. */
  readonly name: string;
  readonly version: string;
  /** The package's folder, or the single file's; links resolved. */
  readonly folder: string;
  /** The main module, absolute. */
  readonly entry: string;
  /** A module alone, without a package around it. */
  readonly isSingleFile: boolean;
  /** Named by a path: it is someone's own, and may change while the engine runs. */
  readonly isOwn: boolean;
}

const NPM_NAME = /^(@[a-z0-9][a-z0-9._~-]*\/)?[a-z0-9][a-z0-9._~-]*$/;

/** A path, as opposed to the name of an npm package. */
export function isPath(specifier: string): boolean {
  return isAbsolute(specifier) || /^\.\.?([/\\]|$)/.test(specifier);
}

/** `conditions` choose among the entry's variants, as Node's exports do. Throws `plugins/…` errors. */
export function locatePackage(
  specifier: string,
  fromFolder: string,
  conditions: readonly string[],
): LocatedPackage {
  if (!isPath(specifier)) {
    if (!NPM_NAME.test(specifier)) throw packageNameBad({ specifier });
    return readPackage(findInstalled(specifier, fromFolder), conditions, false);
  }
  const place = resolve(fromFolder, specifier);
  if (!existsSync(place)) throw packageNotFound({ specifier, tried: [place], isPath: true });
  if (statSync(place).isDirectory()) return readPackage(realpathSync(place), conditions, true);
  const entry = realpathSync(place);
  return {
    name: basename(entry),
    version: "0.0.0",
    folder: dirname(entry),
    entry,
    isSingleFile: true,
    isOwn: true,
  };
}

function findInstalled(name: string, fromFolder: string): string {
  const tried: string[] = [];
  let folder = resolve(fromFolder);
  for (;;) {
    const place = join(folder, "node_modules", name);
    if (existsSync(join(place, "package.json"))) return realpathSync(place);
    if (basename(folder) !== "node_modules") tried.push(join(folder, "node_modules"));
    const parent = dirname(folder);
    if (parent === folder) throw packageNotFound({ specifier: name, tried, isPath: false });
    folder = parent;
  }
}

function readPackage(folder: string, conditions: readonly string[], isOwn: boolean): LocatedPackage {
  const manifest = readManifest(folder);
  const name = typeof manifest.name === "string" ? manifest.name : basename(folder);
  const version = typeof manifest.version === "string" ? manifest.version : "0.0.0";
  const main = mainOf(manifest, conditions);
  const candidates = main === undefined ? ["index.ts", "index.js"] : [main];
  const entries = candidates.map((candidate) => resolve(folder, candidate));
  const entry = entries.find((path) => path.startsWith(folder + sep) && existsSync(path));
  if (entry === undefined)
    throw packageUnreadable({ package: name, reason: `there is no ${entries.join(" or ")}` });
  return { name, version, folder, entry: realpathSync(entry), isSingleFile: false, isOwn };
}

function readManifest(folder: string): Record<string, unknown> {
  const file = join(folder, "package.json");
  if (!existsSync(file)) throw packageUnreadable({ package: folder, reason: "it has no package.json" });
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isRecord(manifest)) return manifest;
  } catch (cause) {
    throw packageUnreadable({ package: folder, reason: errorText(cause) }, { cause });
  }
  throw packageUnreadable({ package: folder, reason: "its package.json is no JSON object" });
}

function mainOf(manifest: Record<string, unknown>, conditions: readonly string[]): string | undefined {
  const { exports, main } = manifest;
  const root = isRecord(exports) && Object.hasOwn(exports, ".") ? exports["."] : exports;
  return choose(root, conditions) ?? (typeof main === "string" ? main : undefined);
}

/** Conditional exports: the first key that is a condition in force, in the order they are written. */
function choose(target: unknown, conditions: readonly string[]): string | undefined {
  if (typeof target === "string") return target;
  if (Array.isArray(target))
    return target.map((item) => choose(item, conditions)).find((item) => item !== undefined);
  if (!isRecord(target)) return undefined;
  for (const [condition, value] of Object.entries(target)) {
    if (condition !== "default" && !conditions.includes(condition)) continue;
    const chosen = choose(value, conditions);
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}
