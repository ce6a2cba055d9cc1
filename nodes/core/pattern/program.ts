// Turns a pattern's tree into instructions for the machine. Counted repeats are written out, up to a limit.
import { Failure } from "@millrace/sdk";
import type { Anchor, Tree } from "./syntax.ts";

export type Instruction =
  | { readonly op: "char"; readonly accepts: (code: number) => boolean }
  | { readonly op: "anchor"; readonly anchor: Anchor }
  /** Go on at `first`; `second` is tried with lower priority. */
  | { readonly op: "split"; first: number; second: number }
  | { readonly op: "jump"; to: number }
  | { readonly op: "save"; readonly slot: number }
  | { readonly op: "match" };

const MAX_INSTRUCTIONS = 2_000;

/** Slots 0 and 1 hold where the match starts and ends, 2n and 2n+1 the same of group n. */
export function compileProgram(tree: Tree, source: string): Instruction[] {
  const program: Instruction[] = [];
  const add = <T extends Instruction>(instruction: T): T => {
    if (program.push(instruction) > MAX_INSTRUCTIONS) {
      throw new Failure(`The pattern "${source}" is too big. Use smaller counts in { }.`, {
        code: "pattern/refused",
        retry: false,
      });
    }
    return instruction;
  };

  function write(node: Tree): void {
    switch (node.kind) {
      case "char":
        add({ op: "char", accepts: node.accepts });
        return;
      case "anchor":
        add({ op: "anchor", anchor: node.anchor });
        return;
      case "sequence":
        node.items.forEach(write);
        return;
      case "group":
        add({ op: "save", slot: node.index * 2 });
        write(node.item);
        add({ op: "save", slot: node.index * 2 + 1 });
        return;
      case "choice":
        writeChoice(node.options);
        return;
      case "repeat":
        writeRepeat(node);
        return;
    }
  }

  function writeChoice(options: readonly Tree[]): void {
    const jumps: { to: number }[] = [];
    for (const [index, option] of options.entries()) {
      if (index === options.length - 1) {
        write(option);
        break;
      }
      const split = add({ op: "split", first: program.length + 1, second: 0 });
      write(option);
      jumps.push(add({ op: "jump", to: 0 }));
      split.second = program.length;
    }
    for (const jump of jumps) jump.to = program.length;
  }

  function writeRepeat(node: Tree & { kind: "repeat" }): void {
    for (let count = 0; count < node.min; count++) write(node.item);
    if (node.max === Number.POSITIVE_INFINITY) {
      const start = program.length;
      const split = add({ op: "split", first: 0, second: 0 });
      write(node.item);
      add({ op: "jump", to: start });
      aim(split, start + 1, program.length, node.greedy);
      return;
    }
    const splits: { split: { first: number; second: number }; start: number }[] = [];
    for (let count = node.min; count < node.max; count++) {
      splits.push({ split: add({ op: "split", first: 0, second: 0 }), start: program.length });
      write(node.item);
    }
    for (const { split, start } of splits) aim(split, start, program.length, node.greedy);
  }

  add({ op: "save", slot: 0 });
  write(tree);
  add({ op: "save", slot: 1 });
  add({ op: "match" });
  return program;
}

function aim(split: { first: number; second: number }, into: number, past: number, greedy: boolean): void {
  split.first = greedy ? into : past;
  split.second = greedy ? past : into;
}
