// Regular expressions that users wrote, safe on any text: matched natively where that is surely quick, by the
// linear machine otherwise.
import { Failure } from "@millrace/sdk";
import { OutOfSteps, runMachine, type Slots } from "./machine.ts";
import { compileProgram } from "./program.ts";
import { type Syntax, SyntaxReader, type Tree } from "./syntax.ts";

const MAX_SOURCE = 1_000;
/** Longest text that is matched natively, by how many choices the pattern leaves open. */
const NATIVE_LENGTHS = [100_000, 2_000, 200];
/** What one text may cost: a fraction of a second. */
const MAX_STEPS = 5_000_000;

export interface Pattern {
  test(text: string): boolean;
  /** Replaces every match. `$1`, `$<name>`, `$&` and `$$` mean what they mean in JavaScript. */
  replace(text: string, replacement: string): string;
}

/** Throws a Failure that says what is wrong with the pattern. */
export function compilePattern(source: string, options: { ignoreCase?: boolean } = {}): Pattern {
  const flags = options.ignoreCase ? "i" : "";
  if (source.length > MAX_SOURCE) {
    throw refusal(`The pattern is ${source.length} characters long. Use at most ${MAX_SOURCE}.`);
  }
  const native = compileNative(source, flags);
  const syntax = new SyntaxReader(source, flags).read();
  const limit = NATIVE_LENGTHS[choices(syntax.tree)] ?? 0;
  const global = new RegExp(native, `${flags}g`);
  const slow = compileSlow(syntax, source);
  return {
    test: (text) => (text.length <= limit ? native.test(text) : slow.test(text)),
    replace: (text, replacement) =>
      text.length <= limit ? text.replace(global, replacement) : slow.replace(text, replacement),
  };
}

function compileNative(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw refusal(
      `"${source}" is not a regular expression: ${error instanceof Error ? error.message : error}.`,
    );
  }
}

function refusal(sentence: string): Failure {
  return new Failure(sentence, { code: "pattern/refused", retry: false });
}

/** How many places let a backtracking matcher choose; infinite when one lies inside a repeat. */
function choices(tree: Tree): number {
  switch (tree.kind) {
    case "char":
    case "anchor":
      return 0;
    case "group":
      return choices(tree.item);
    case "sequence":
      return tree.items.reduce((sum, item) => sum + choices(item), 0);
    case "choice":
      return tree.options.reduce((sum, option) => sum + choices(option), tree.options.length - 1);
    case "repeat": {
      const inside = choices(tree.item);
      return inside > 0 ? Number.POSITIVE_INFINITY : tree.min === tree.max ? 0 : 1;
    }
  }
}

function compileSlow(syntax: Syntax, source: string): Pattern {
  const slotCount = (syntax.groups.length + 1) * 2;
  const program = compileProgram(syntax.tree, source);
  const searched = <T>(text: string, search: (find: (from: number) => Slots | undefined) => T): T => {
    const budget = { steps: MAX_STEPS };
    try {
      return search((from) => runMachine(program, slotCount, text, from, budget));
    } catch (error) {
      if (!(error instanceof OutOfSteps)) throw error;
      throw refusal(
        `A text of ${text.length} characters is too long for the pattern "${source}". Shorten one of them.`,
      );
    }
  };
  return {
    test: (text) => searched(text, (find) => find(0) !== undefined),
    replace: (text, replacement) =>
      searched(text, (find) => {
        let result = "";
        let from = 0;
        let kept = 0;
        while (from <= text.length) {
          const slots = find(from);
          if (!slots) break;
          const [start = 0, end = 0] = slots;
          result += text.slice(kept, start) + expand(replacement, text, slots, syntax.groups);
          kept = end;
          from = end > start ? end : end + 1;
        }
        return result + text.slice(kept);
      }),
  };
}

function expand(replacement: string, text: string, slots: Slots, groups: Syntax["groups"]): string {
  return replacement.replace(/\$(?:(\$)|(&)|(\d{1,2})|<([^>]*)>)/g, (whole, dollar, all, digits, name) => {
    if (dollar) return "$";
    const index = all ? 0 : digits ? Number(digits) : groups.indexOf(name) + 1;
    if (!all && (index === 0 || index > groups.length)) return name === undefined ? whole : "";
    const [start = -1, end = -1] = slots.slice(index * 2, index * 2 + 2);
    return start < 0 || end < 0 ? "" : text.slice(start, end);
  });
}
