// Errors of node packages: not found, broken, or in each other's way. One bad package disables itself only.
import { defineError, didYouMean } from "./error.ts";

export const packageNotFound = defineError<{ specifier: string; tried: readonly string[]; isPath: boolean }>({
  code: "plugins/not-found",
  status: 422,
  explain:
    "A flow names a node package that is not there. Install it into the project with npm, or correct the path, which counts from the flow's folder.",
  message: ({ specifier, tried, isPath }) =>
    isPath
      ? `Node package "${specifier}" was not found: there is no ${tried.join(" and no ")}. Correct the path; it counts from the flow's folder.`
      : `Node package "${specifier}" is not installed (looked in ${tried.join(", ")}). Install it: npm install ${specifier}.`,
});

export const packageNameBad = defineError<{ specifier: string }>({
  code: "plugins/bad-name",
  status: 422,
  explain: "A flow names a node package by something that is neither a path nor the name of an npm package.",
  message: ({ specifier }) =>
    `"${specifier}" does not name a node package. Write an npm name like "@scope/name", or a path that starts with "./" or "../".`,
});

export const packageUnreadable = defineError<{ package: string; reason: string }>({
  code: "plugins/unreadable",
  status: 422,
  explain: "The package.json of a node package cannot be read, or names no main module that exists.",
  message: ({ package: name, reason }) =>
    `Node package "${name}" cannot be read: ${reason}. Repair its package.json.`,
});

export const packageThrew = defineError<{ package: string; reason: string; at: string }>({
  code: "plugins/import-failed",
  status: 422,
  explain: "A node package threw an error while it was imported. The other packages are not touched by it.",
  message: ({ package: name, reason, at }) =>
    `Node package "${name}" failed while it was imported: ${reason}${at === "" ? "" : ` (${at})`}. Repair or update the package.`,
});

export const packageHangs = defineError<{ package: string; seconds: number }>({
  code: "plugins/import-timeout",
  status: 422,
  explain:
    "Importing a node package did not come to an end: it awaits something at its top level that never happens.",
  message: ({ package: name, seconds }) =>
    `Node package "${name}" was not imported within ${seconds} s. Move what it waits for at its top level into a node's start.`,
});

export const packageEmpty = defineError<{ package: string; found: string }>({
  code: "plugins/nothing-exported",
  status: 422,
  explain:
    "The main module of a node package must export its node definitions as default: one, or an array of them.",
  message: ({ package: name, found }) =>
    `Node package "${name}" exports no node types: its default export is ${found}. Write: export default [myNode].`,
});

export const definitionBad = defineError<{ package: string; type: string; reason: string }>({
  code: "plugins/bad-definition",
  status: 422,
  explain:
    "A node definition of a package is incomplete or contradicts itself. The package's other types still work.",
  message: ({ package: name, type, reason }) =>
    `Node type "${type}" of package "${name}" is not usable: ${reason}. Correct its definition.`,
});

export const portReserved = defineError<{
  package: string;
  type: string;
  port: string;
  reserved: readonly string[];
}>({
  code: "plugins/reserved-port",
  status: 422,
  explain:
    "A node definition gives a port a name that means something else: health, close, fire and error are taken.",
  message: ({ package: name, type, port, reserved }) =>
    `Node type "${type}" of package "${name}" calls a port "${port}". Choose another name; ${reserved.join(", ")} are taken.`,
});

export const typeDuplicate = defineError<{ type: string; first: string; second: string }>({
  code: "plugins/duplicate-type",
  status: 422,
  explain:
    "Two packages define a node type of the same name. The first keeps it. Remove one of the packages, or rename the type in one.",
  message: ({ type, first, second }) =>
    `Node type "${type}" is defined by "${first}" and again by "${second}"; the first is used. Remove one of the packages, or rename the type.`,
});

export const typeUnknown = defineError<{ type: string; suggestion: string | undefined }>({
  code: "plugins/unknown-type",
  status: 404,
  explain: "A node type was asked for that no loaded package defines.",
  message: ({ type, suggestion }) =>
    `Node type "${type}" is not installed.${didYouMean(suggestion)} List them with: engine nodes.`,
});
