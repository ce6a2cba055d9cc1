// Lines and columns of what JSON Pointers and offsets name.
import type { Problem } from "../base/errors/error.ts";
import { walkJson } from "./json-walk.ts";
import { pointer, pointerSteps } from "./pointer.ts";

/** Lines and columns count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
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

export function placeOfOffset(text: string, offset: number): TextPlace {
  return placeIn(startsOfLines(text), offset);
}

export function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

export function placeIn(lineStarts: readonly number[], offset: number): TextPlace {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}
