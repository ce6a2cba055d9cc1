// Reads JSON text with places: syntax errors in words, names that stand twice, and the line of a JSON Pointer.
// Iterative throughout: no text, however deep, exhausts the stack.
import { createScanner, type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import type { Problem } from "../base/errors/error.ts";
import { flowDuplicateKey, flowNotJson, flowTooDeep } from "../base/errors/flow.ts";
import { LIMITS } from "./names.ts";
import { pointer, pointerSteps } from "./pointer.ts";

/** Lines and columns count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** The value, or undefined when the text is no JSON; with problems that say where. */
export function parseJson(text: string): { value: unknown; problems: Problem[] } {
  const deepAt = tooDeepAt(text);
  if (deepAt !== undefined) {
    const place = { path: "", ...placeOfOffset(text, deepAt) };
    return { value: undefined, problems: [flowTooDeep.problem({ depth: LIMITS.depth }, place)] };
  }
  try {
    return { value: JSON.parse(text), problems: duplicatesIn(text) };
  } catch {
    return { value: undefined, problems: [syntaxProblem(text)] };
  }
}

/** The places of the values at these pointers; of the nearest parent where there is none. In one pass. */
export function locate(text: string, pointers: Iterable<string>): Map<string, TextPlace> {
  const wanted = wantedTree(pointers);
  const offsets = new Map<string, number>();
  const lineStarts = startsOfLines(text);
  walkJson(text, {
    value(path, offset) {
      let branch: Wanted | undefined = wanted;
      for (const step of path) branch = branch?.children.get(String(step));
      if (branch) for (const found of branch.pointers) offsets.set(found, offset);
    },
  });
  const places = new Map<string, TextPlace>();
  for (const path of pointers) {
    const steps = pointerSteps(path);
    let offset = offsets.get(path);
    while (offset === undefined && steps.length > 0) {
      steps.pop();
      offset = offsets.get(pointer(...steps));
    }
    places.set(path, placeIn(lineStarts, offset ?? 0));
  }
  return places;
}

/** The problems with line and column in the flow's text, where they have none yet. */
export function withPlaces(problems: readonly Problem[], text: string): Problem[] {
  const open = (problem: Problem) => problem.line === undefined && problem.file === undefined;
  const places = locate(text, new Set(problems.filter(open).map((problem) => problem.path)));
  return problems.map((problem) => (open(problem) ? { ...problem, ...places.get(problem.path) } : problem));
}

interface Wanted {
  readonly children: Map<string, Wanted>;
  readonly pointers: string[];
}

/** The pointers as a tree, with all their parents, so that the walk asks one question per step. */
function wantedTree(pointers: Iterable<string>): Wanted {
  const root: Wanted = { children: new Map(), pointers: [""] };
  for (const path of pointers) {
    let branch = root;
    const taken: string[] = [];
    for (const step of pointerSteps(path)) {
      taken.push(step);
      let child = branch.children.get(step);
      if (!child) {
        child = { children: new Map(), pointers: [pointer(...taken)] };
        branch.children.set(step, child);
      }
      branch = child;
    }
  }
  return root;
}

interface Level {
  readonly keys: Set<string> | undefined;
  /** Whether the next string is a key. */
  expectsKey: boolean;
  index: number;
}

/** Calls back for every value and key, in order. Stops quietly where the text stops being JSON. */
function walkJson(
  text: string,
  on: {
    value?: (path: readonly (string | number)[], offset: number) => void;
    duplicate?: (path: readonly (string | number)[], key: string, offset: number) => void;
  },
): void {
  const levels: Level[] = [];
  const path: (string | number)[] = [];
  for (const { mark, offset, value } of tokens(text)) {
    const level = levels.at(-1);
    if (mark === "}" || mark === "]") {
      if (!levels.pop()) return;
      path.length = levels.length;
    } else if (mark === ":") {
      if (level) level.expectsKey = false;
    } else if (mark === ",") {
      if (!level) return;
      level.index++;
      level.expectsKey = level.keys !== undefined;
    } else if (level?.keys && level.expectsKey) {
      if (mark !== '"') return;
      path[levels.length - 1] = value;
      if (level.keys.has(value)) on.duplicate?.(path, value, offset);
      level.keys.add(value);
    } else {
      if (level && !level.keys) path[levels.length - 1] = level.index;
      on.value?.(path, offset);
      const opens = mark === "{" || mark === "[";
      if (opens)
        levels.push({ keys: mark === "{" ? new Set() : undefined, expectsKey: mark === "{", index: 0 });
    }
  }
}

/** Each token's first character, offset, and value where it is a string. */
function* tokens(text: string): Generator<{ mark: string | undefined; offset: number; value: string }> {
  const scanner = createScanner(text, true);
  for (;;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    if (offset >= text.length) return;
    yield { mark: text[offset], offset, value: scanner.getTokenValue() };
  }
}

/** Where the text first nests deeper than is allowed. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  for (const { mark, offset } of tokens(text)) {
    if (mark === "{" || mark === "[") depth++;
    else if (mark === "}" || mark === "]") depth--;
    if (depth > LIMITS.depth) return offset;
  }
  return undefined;
}

function duplicatesIn(text: string): Problem[] {
  const found: { path: string; owner: string; key: string; offset: number }[] = [];
  walkJson(text, {
    duplicate: (path, key, offset) => {
      if (found.length >= LIMITS.problems) return;
      const owner = path.length === 1 ? "the flow" : `"${path.slice(0, -1).join(".")}"`;
      found.push({ path: pointer(...path), owner, key, offset });
    },
  });
  const lineStarts = found.length > 0 ? startsOfLines(text) : [];
  return found.map(({ path, owner, key, offset }) =>
    flowDuplicateKey.problem({ key, owner }, { path, ...placeIn(lineStarts, offset) }),
  );
}

function syntaxProblem(text: string): Problem {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  const offset = first?.offset ?? 0;
  const place = placeOfOffset(text, offset);
  const seen = text.slice(offset, offset + Math.min(first?.length ?? 0, 20));
  const reason =
    text.trim() === ""
      ? "The file is empty. Write at least {}."
      : reasonOf(first && printParseErrorCode(first.error), seen, text, offset);
  return flowNotJson.problem({ reason }, { path: "", ...place });
}

function reasonOf(code: string | undefined, seen: string, text: string, offset: number): string {
  const at = seen === "" ? "at the end of the file" : `before ${seen.startsWith('"') ? seen : `"${seen}"`}`;
  switch (code) {
    case "InvalidSymbol":
      return `"${seen}" is not JSON. Write a text in double quotes, a number, true, false or null.`;
    case "InvalidNumberFormat":
      return `"${seen}" is not a number. Write for example 5 or 0.5.`;
    case "PropertyNameExpected":
      return previousMark(text, offset) === ","
        ? `A comma stands ${at}, but nothing follows it. Remove the comma.`
        : `A name in double quotes is missing ${at}. Write for example "nodes".`;
    case "ValueExpected":
      return previousMark(text, offset) === ","
        ? `A comma stands ${at}, but nothing follows it. Remove the comma.`
        : `A value is missing ${at}. Write one, or remove the name.`;
    case "ColonExpected":
      return `A colon is missing ${at}. Write "name": value.`;
    case "CommaExpected":
      return `A comma is missing ${at}. Add it.`;
    case "CloseBraceExpected":
      return `A closing "}" is missing ${at}. Add it.`;
    case "CloseBracketExpected":
      return `A closing "]" is missing ${at}. Add it.`;
    case "EndOfFileExpected":
      return `"${seen}" stands after the end of the flow. Remove it.`;
    case "InvalidCommentToken":
    case "UnexpectedEndOfComment":
      return 'Comments are not JSON. Put the words into "description", or a note of the layout.';
    case "UnexpectedEndOfString":
      return `The text ${seen} has no closing quote on its line. Add it; write a line break as \\n.`;
    case "InvalidEscapeCharacter":
    case "InvalidUnicode":
      return `${seen} has a backslash that means nothing. Write a backslash as \\\\.`;
    case "InvalidCharacter":
      return `${seen} has a character that must be escaped. Write a tab as \\t, a line break as \\n.`;
    default:
      return "This is not JSON. Check quotes, commas and brackets.";
  }
}

function previousMark(text: string, offset: number): string | undefined {
  return text.slice(0, offset).trimEnd().at(-1);
}

function placeOfOffset(text: string, offset: number): TextPlace {
  return placeIn(startsOfLines(text), offset);
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function placeIn(lineStarts: readonly number[], offset: number): TextPlace {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}
