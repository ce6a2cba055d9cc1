// Matches a compiled pattern by following all its ways at once (Pike's machine): time is text times pattern, always.
import type { Instruction } from "./program.ts";
import type { Anchor } from "./syntax.ts";

/** Positions by slot; -1 where a group took no part. */
export type Slots = readonly number[];

interface Thread {
  readonly at: number;
  readonly slots: Slots;
}

/** Steps that may still be taken for one text; shared by all searches in it. */
export interface Budget {
  steps: number;
}

/** The text is too long for this pattern. */
export class OutOfSteps extends Error {}

/**
 * The leftmost match at or after `from`, by the same priorities as JavaScript; undefined when there is none. Throws
 * OutOfSteps when the budget is used up.
 */
export function runMachine(
  program: readonly Instruction[],
  slotCount: number,
  text: string,
  from: number,
  budget: Budget,
): Slots | undefined {
  const empty: Slots = new Array<number>(slotCount).fill(-1);
  const seen = new Int32Array(program.length).fill(-1);
  let threads: Thread[] = [];
  let found: Slots | undefined;

  for (let position = from; position <= text.length; position++) {
    const here: Thread[] = [];
    for (const thread of threads) follow(program, thread, text, position, seen, here, budget);
    if (!found) follow(program, { at: 0, slots: empty }, text, position, seen, here, budget);
    if (here.length === 0 && found) return found;
    if (budget.steps <= 0) throw new OutOfSteps();
    threads = [];
    const code = text.charCodeAt(position);
    for (const { at, slots } of here) {
      const instruction = program[at];
      if (instruction?.op === "match") {
        found = slots;
        break;
      }
      if (instruction?.op === "char" && position < text.length && instruction.accepts(code)) {
        threads.push({ at: at + 1, slots });
      }
    }
  }
  return found;
}

/** Follows a thread through everything that takes no character; `seen` keeps each place from being entered twice. */
function follow(
  program: readonly Instruction[],
  start: Thread,
  text: string,
  position: number,
  seen: Int32Array,
  reached: Thread[],
  budget: Budget,
): void {
  const stack: Thread[] = [start];
  for (let thread = stack.pop(); thread; thread = stack.pop()) {
    const { at, slots } = thread;
    if (seen[at] === position) continue;
    seen[at] = position;
    budget.steps--;
    const instruction = program[at];
    switch (instruction?.op) {
      case "jump":
        stack.push({ at: instruction.to, slots });
        break;
      case "split":
        stack.push({ at: instruction.second, slots }, { at: instruction.first, slots });
        break;
      case "save":
        stack.push({ at: at + 1, slots: slots.with(instruction.slot, position) });
        break;
      case "anchor":
        if (holds(instruction.anchor, text, position)) stack.push({ at: at + 1, slots });
        break;
      case "char":
      case "match":
        reached.push(thread);
        break;
    }
  }
}

function holds(anchor: Anchor, text: string, position: number): boolean {
  if (anchor === "start") return position === 0;
  if (anchor === "end") return position === text.length;
  const differs = isWord(text, position - 1) !== isWord(text, position);
  return anchor === "boundary" ? differs : !differs;
}

function isWord(text: string, position: number): boolean {
  return position >= 0 && position < text.length && /\w/.test(text.charAt(position));
}
