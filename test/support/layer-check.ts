// Checks what a source file names against the layer table. Pure: sources in, sentences out.
import { posix } from "node:path";
import { namesIn } from "./imports.ts";
import { aloneForNodesToo, type Part, parts, workspaces } from "./layers.ts";

/** The part that a file belongs to: the row that says most about its path. */
export function partOf(file: string): Part | undefined {
  const matching = parts.filter(({ path }) => covers(path, file));
  return matching.sort((a, b) => b.path.replace("*", "").length - a.path.replace("*", "").length)[0];
}

function covers(path: string, file: string): boolean {
  if (path.endsWith("/*")) return file.startsWith(path.slice(0, -1));
  return file === path || file.startsWith(`${path}/`);
}

/** What a source does against the table, one sentence each. `file` is its path from the root of the project. */
export function layerFaults(file: string, source: string): string[] {
  const part = partOf(file);
  if (!part) return [`${file} is in no part of the layer table. Add its folder to test/support/layers.ts.`];
  return namesIn(source).flatMap(({ name, isType, line }) => {
    const fault =
      name.startsWith(".") || workspaceOf(name) ? partFault(part, file, name, isType) : nameFault(part, name);
    return fault === undefined ? [] : [`${file}:${line} ${fault}`];
  });
}

function partFault(part: Part, file: string, specifier: string, isType: boolean): string | undefined {
  const target = workspaceOf(specifier) ?? posix.join(posix.dirname(file), specifier);
  const other = partOf(target);
  if (!other) return `imports ${specifier}, which is in no part of the layer table.`;
  if (other === part && (part.path !== "nodes/*" || folderOf(target) === folderOf(file))) return undefined;
  const isWithinAdmin = part.path === "engine/admin" && other.path === "engine/admin/api.ts";
  if (isWithinAdmin || part.may.some((path) => allows(path, other, part))) return undefined;
  if (part.mayTypes?.includes(other.path)) {
    return isType
      ? undefined
      : `imports ${other.path}; ${part.path} may import its types only (import type).`;
  }
  return `imports ${other.path}, which ${part.path} (layer ${part.layer}) may not.`;
}

function allows(path: string, other: Part, part: Part): boolean {
  return path === other.path || (path.endsWith("/*") && covers(path, other.path) && other.layer < part.layer);
}

function nameFault(part: Part, specifier: string): string | undefined {
  const name = packageOf(specifier);
  const owner = parts.find(({ alone }) => alone?.includes(name));
  if (!owner || owner === part || part.shares?.includes(name)) return undefined;
  const isNode = part.path.startsWith("nodes/");
  if (isNode && !aloneForNodesToo.includes(name)) return undefined;
  return `names ${name}, which ${owner.path} alone may.`;
}

function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function workspaceOf(specifier: string): string | undefined {
  const name = packageOf(specifier);
  return Object.hasOwn(workspaces, name) ? workspaces[name] : undefined;
}

function folderOf(file: string): string {
  return file.split("/").slice(0, 2).join("/");
}
