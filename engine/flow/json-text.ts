// Reads JSON text, and tells what is wrong with it: syntax in words, depth, and names that stand twice.
import type { Problem } from "../base/errors/error.ts";
import { flowDuplicateKey, flowTooDeep } from "../base/errors/flow.ts";
import { placeIn, placeOfOffset, startsOfLines } from "./json-places.ts";
import { syntaxProblem } from "./json-syntax.ts";
import { tokens, walkJson } from "./json-walk.ts";
import { LIMITS } from "./names.ts";
import { pointer } from "./pointer.ts";

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
