// Regular expressions out of a flow, run within a bound: a pattern that could take for ever on some text is not
// run at all, nor is one on a text too long for it.

/** Steps that one test may take. */
const WORK = 10_000_000;

/** What makes a backtracking match slow. */
export interface PatternCost {
  /** Open-ended repeats: each multiplies the steps by the length of the text. */
  readonly repeats: number;
  /** Alternatives and optional parts: each doubles the steps. */
  readonly choices: number;
}

/**
 * The cost of a pattern, or undefined when it repeats what already repeats or branches, looks around or refers
 * back: then no length of text is safe.
 */
export function patternCost(pattern: string): PatternCost | undefined {
  // For each open group whether there is a choice in it; `closed`: of the group that ended just before.
  const groups = [false];
  let closed = false;
  let repeats = 0;
  let choices = 0;
  for (let at = 0; at < pattern.length; at++) {
    const wasClosed = closed;
    closed = false;
    const mark = pattern[at];
    const times = timesAt(pattern, at);
    if (mark === "\\") {
      if (/[1-9k]/.test(pattern[at + 1] ?? "")) return undefined;
      at++;
    } else if (mark === "[") {
      at = endOfClass(pattern, at);
    } else if (mark === "(") {
      if (/^\(\?<?[=!]/.test(pattern.slice(at, at + 4))) return undefined;
      if (pattern[at + 1] === "?") at++;
      groups.push(false);
    } else if (mark === ")") {
      closed = groups.pop() ?? false;
      if (groups.length === 0) return undefined;
      if (closed) groups[groups.length - 1] = true;
    } else if (mark === "|" || times > 0) {
      if (times > 1 && wasClosed) return undefined;
      groups[groups.length - 1] = true;
      if (times > 8) repeats++;
      else choices += Math.max(1, times);
    }
  }
  return { repeats, choices };
}

/** Whether testing a text of this length against the pattern is sure to end soon. */
export function isQuick(pattern: string, length: number): boolean {
  const cost = patternCost(pattern);
  return cost !== undefined && 2 ** cost.choices * (length + 1) ** (cost.repeats + 1) <= WORK;
}

/** How often at most the quantifier at this place repeats; 0 when there is none, 1 for an optional part. */
function timesAt(pattern: string, at: number): number {
  const mark = pattern[at];
  if (mark === "*" || mark === "+") return Number.POSITIVE_INFINITY;
  if (mark === "?") return 1;
  if (mark !== "{") return 0;
  const match = /^\{(\d+)(,?)(\d*)\}/.exec(pattern.slice(at, at + 24));
  if (!match) return 0;
  const [, least, comma, most] = match;
  return comma === "," && most === "" ? Number.POSITIVE_INFINITY : Math.max(1, Number(most || least));
}

function endOfClass(pattern: string, start: number): number {
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] === "\\") at++;
    else if (pattern[at] === "]") return at;
  }
  return pattern.length;
}
