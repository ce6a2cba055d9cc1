// From what a user wrote to what V8 compiles: which form the code has, types stripped, places kept.
import { stripTypeScriptTypes } from "node:module";
import { BODY_NAMES } from "../isolate/script-api.ts";

export interface Prepared {
  readonly form: "body" | "module";
  /** JavaScript for V8, to be compiled with this line offset; a body is a function expression. */
  readonly code: string;
  readonly lineOffset: number;
  /** What the function of a body takes after the message. */
  readonly names: readonly string[];
}

/** A place in the user's source; both count from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** The code does not compile. */
export class SourceError extends SyntaxError {
  readonly place: SourcePlace | undefined;
  constructor(message: string, place: SourcePlace | undefined) {
    super(message);
    this.place = place;
  }
}

/**
 * A module has `export default` (or another export) at its top level, everything else is a body. Where the words
 * stand only in a string or a comment the code does not parse as a module that exports, and is a body.
 */
export function prepare(name: string, code: string): Prepared {
  if (!mayBeModule(code)) return prepareBody(name, code);
  try {
    return { form: "module", code: strip(name, code, 0), lineOffset: 0, names: [] };
  } catch (error) {
    try {
      return prepareBody(name, code);
    } catch {
      throw error; // it was meant as a module
    }
  }
}

/** True when an `export` begins a line: only then the code can be a module. */
export function mayBeModule(code: string): boolean {
  return /(^|[;}\n])[ \t]*export\b\s*(default\b|[{*]|async\b|function\b|const\b|let\b|class\b)/.test(code);
}

export function prepareBody(name: string, code: string): Prepared {
  const names = usedNames(code);
  const async = /\bawait\b|\\u/.test(code) ? "async " : "";
  const wrapped = `${async}function script(${["message", ...names].join(", ")}) {"use strict";\n${code}\n}`;
  return { form: "body", code: `(${strip(name, wrapped, 1)})`, lineOffset: -1, names };
}

/** Only what is mentioned is handed over, so that a plain script costs nothing more. */
export function usedNames(code: string): string[] {
  if (code.includes("\\u")) return [...BODY_NAMES];
  return BODY_NAMES.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
}

function strip(name: string, code: string, linesBefore: number): string {
  try {
    return stripTypeScriptTypes(code, { mode: "strip" });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const place = placeOf(error.stack ?? "");
    const shifted = place && { line: Math.max(place.line - linesBefore, 1), column: place.column };
    const at = shifted ? `${name}:${shifted.line}:${shifted.column}` : name;
    throw new SourceError(`${error.message} (${at})`, shifted);
  }
}

/**
 * Node says the place of a TypeScript error only at the head of the stack: the line number, the source around it,
 * and a line of carets under the column.
 */
function placeOf(stack: string): SourcePlace | undefined {
  const [head = "", ...lines] = stack.split("\n");
  const line = /:(\d+)$/.exec(head)?.[1];
  const carets = lines.find((text) => /^\s*\^+\s*$/.test(text));
  if (line === undefined || carets === undefined) return undefined;
  return { line: Number(line), column: carets.indexOf("^") + 1 };
}
