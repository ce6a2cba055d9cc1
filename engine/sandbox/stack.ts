// Stacks and thrown values of scripts, as the engine shows them: the user's lines, nothing of ours.
import type { FailureReport } from "./isolate/report.ts";

/** Frames of the kernel, of isolated-vm and of the engine are ours. */
const OURS = /millrace:|isolated-vm|\bnode:|file:\/\//;

/**
 * The stack with frames of the user's source only, and of built-ins called by it. `at script (x.ts:3:9)` becomes
 * `at x.ts:3:9`: the function a body is wrapped in has no name of the user's.
 */
export function cleanStack(stack: string, head: string): string {
  const frames: string[] = [];
  for (const line of stack.split("\n")) {
    const frame = /^\s+at (.*)$/.exec(line)?.[1];
    if (frame === undefined || OURS.test(frame)) continue;
    frames.push(`    at ${frame.replace(/^(?:async )?script \((.*)\)$/, "$1")}`);
  }
  while (frames.at(-1)?.endsWith("(<anonymous>)")) frames.pop(); // built-ins that only our code called
  return [head, ...frames].join("\n");
}

/** The error that a script threw, as an error of this process. */
export function errorOf(report: FailureReport): Error {
  const error = new Error(report.message);
  if (report.name !== "Error")
    Object.defineProperty(error, "name", { value: report.name, configurable: true });
  if (report.code !== undefined) Object.assign(error, { code: report.code });
  error.stack = cleanStack(report.stack, `${report.name}: ${report.message}`);
  return error;
}
