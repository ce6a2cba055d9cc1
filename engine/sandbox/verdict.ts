// What a failure in the runner is called: from what the runner reports to an error of the catalogue.

import type { ScriptSource } from "@millrace/sdk";
import { formatDuration } from "@millrace/sdk";
import {
  type MillraceError,
  scriptBroken,
  scriptOutOfMemory,
  scriptStartFailed,
  scriptSyntax,
  scriptTimedOut,
} from "../base/errors/index.ts";
import type { LoadFailure, Loss } from "./protocol.ts";
import { cleanStack } from "./stack.ts";

/** Why the culprit of a loss fails. */
export function errorOfLoss(reason: Loss["reason"], source: ScriptSource): MillraceError {
  const { name, timeoutMs, memoryMb } = source;
  switch (reason) {
    case "timeout":
      return bare(scriptTimedOut({ name, timeout: formatDuration(timeoutMs) }));
    case "memory":
      return bare(scriptOutOfMemory({ name, memoryMb }));
    case "broken":
      return bare(scriptBroken({ name }));
  }
}

/** Why a script could not be loaded. */
export function errorOfLoad({ reason, failure }: LoadFailure, source: ScriptSource): MillraceError {
  const { name } = source;
  switch (reason) {
    case "syntax":
      return bare(scriptSyntax({ name, reason: failure.message }));
    case "timeout":
    case "memory":
      return errorOfLoss(reason, source);
    case "threw":
      return bare(scriptStartFailed({ name, reason: failure.message }), failure.stack);
  }
}

/** The stack of the script, or none: where the engine noticed helps nobody. */
export function bare<E extends Error>(error: E, stack = ""): E {
  error.stack = cleanStack(stack, `${error.name}: ${error.message}`);
  return error;
}
