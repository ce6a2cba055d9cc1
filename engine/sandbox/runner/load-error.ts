// Why a script could not be loaded, as the engine is told.
import type { FailureReport } from "../isolate/report.ts";
import type { LoadFailure } from "../protocol.ts";
import { SourceError } from "./compile.ts";

const TIMED_OUT = "Script execution timed out.";

/** A load that did not work. */
export class LoadError extends Error {
  readonly detail: LoadFailure;
  constructor(detail: LoadFailure) {
    super(detail.failure.message);
    this.detail = detail;
  }
}

/** For what was thrown while a script was compiled and evaluated. `outOfMemory`: its isolate is gone. */
export function toLoadError(error: unknown, outOfMemory: boolean): LoadError {
  if (error instanceof LoadError) return error;
  const thrown = error instanceof Error ? error : new Error(String(error));
  const reason = outOfMemory
    ? "memory"
    : isTimeout(thrown)
      ? "timeout"
      : isSyntax(thrown)
        ? "syntax"
        : "threw";
  const stack = reason === "threw" ? (thrown.stack ?? "") : "";
  return new LoadError({ reason, failure: { name: thrown.name, message: placed(thrown.message), stack } });
}

/** For `onStart` and `onStop`; by default it did not end in time. */
export function failedTask(reason: LoadFailure["reason"] = "timeout", message = TIMED_OUT): LoadError {
  const failure: FailureReport = { name: "Error", message, stack: "" };
  return new LoadError({ reason, failure });
}

/** The isolate ended a call that took longer than it may. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === TIMED_OUT;
}

function isSyntax(error: Error): boolean {
  return error instanceof SourceError || error.name === "SyntaxError";
}

/** V8 says `sentence [name:line:column]`; ours is `sentence (name:line:column)`. */
function placed(message: string): string {
  return message.replace(/ \[([^\]]+:\d+:\d+)\]$/, " ($1)");
}
