// Errors of scripts: what they did wrong, what they exceeded, and what became of the process that runs them.
import { defineError } from "./error.ts";

interface Named {
  /** The script's name, for example `main.convert.ts`. */
  readonly name: string;
}

export const scriptSyntax = defineError<Named & { reason: string }>({
  code: "sandbox/syntax",
  status: 422,
  explain:
    "The code of a script does not compile. The sentence names line and column in the script's own source.",
  message: ({ name, reason }) => `Script "${name}" does not compile: ${reason}`,
});

export const scriptStartFailed = defineError<Named & { reason: string }>({
  code: "sandbox/start-failed",
  status: 422,
  explain: "The top level of a script module, or its `onStart`, threw an error. Correct it and deploy again.",
  message: ({ name, reason }) => `Script "${name}" failed to start: ${reason}`,
});

export const scriptTimedOut = defineError<Named & { timeout: string }>({
  code: "sandbox/timeout",
  status: 504,
  explain:
    "A script worked on one message for longer than its `timeout`, waiting included, and was stopped. Look for an endless loop or an answer that never comes, or raise `timeout`.",
  message: ({ name, timeout }) =>
    `Script "${name}" ran longer than ${timeout} and was stopped. Look for an endless loop, or raise "timeout".`,
});

export const scriptOutOfMemory = defineError<Named & { memoryMb: number }>({
  code: "sandbox/memory",
  status: 507,
  explain:
    "The scripts of a flow share an isolate with a memory limit, and this one exceeded it. Keep less, or raise `memoryMb`.",
  message: ({ name, memoryMb }) =>
    `Script "${name}" used more than ${memoryMb} MiB of memory and was stopped. Keep less, or raise "memoryMb".`,
});

export const scriptBroken = defineError<Named>({
  code: "sandbox/broken",
  explain: "A script changed built-in objects so that it could not be run any more. It was loaded anew.",
  message: ({ name }) =>
    `Script "${name}" broke the built-in objects it runs with. Leave their prototypes alone.`,
});

export const scriptEndedRunner = defineError<Named>({
  code: "sandbox/runner-ended",
  explain:
    "The process that runs scripts ended while it worked on this message alone, and before that with others. The message is taken to be the cause.",
  message: ({ name }) =>
    `Script "${name}" ended the process that runs scripts, twice, on this message. Correct the script.`,
});

export const scriptRunnerDown = defineError<{ reason: string }>({
  code: "sandbox/runner-down",
  status: 503,
  explain:
    "The process that runs scripts does not start, or ends again and again. Its last words are in the sentence.",
  message: ({ reason }) =>
    `Scripts cannot run now: the process that runs them does not stay up (${reason}). It is started again.`,
});

export const unknownOutput = defineError<Named & { port: string; outputs: readonly string[] }>({
  code: "sandbox/unknown-output",
  status: 422,
  explain:
    "A script emitted to a port that its node does not have. Correct the name, or add the output to the node.",
  message: ({ name, port, outputs }) =>
    `Script "${name}" emitted to "${port}", but its outputs are ${outputs.map((output) => `"${output}"`).join(", ") || "none"}.`,
});

export const noOutOutput = defineError<Named>({
  code: "sandbox/no-out",
  status: 422,
  explain:
    "A script returned a value, which goes to the output `out`, but its node has none. Use `emit(port, payload)`.",
  message: ({ name }) =>
    `Script "${name}" returned a value, but has no output "out". Use emit(port, payload), or add "out".`,
});

export const scriptPayloadTooLarge = defineError<
  Named & { bytes: number; limit: number; direction: "in" | "out" }
>({
  code: "sandbox/payload-too-large",
  status: 413,
  explain:
    "A payload that enters or leaves a script is larger than allowed. Send a reference to the data, or split it.",
  message: ({ name, bytes, limit, direction }) =>
    `A payload ${direction === "in" ? "to" : "from"} script "${name}" has ${bytes} bytes; at most ${limit} are allowed. Send a reference to the data, or split it.`,
});

export const tooManyAtOnce = defineError<Named & { limit: string }>({
  code: "sandbox/too-many",
  status: 413,
  explain:
    "One message made a script emit, or ask for, more than it may at once. Spread the work over several messages.",
  message: ({ name, limit }) =>
    `Script "${name}" emitted or asked for more than ${limit} things on one message. Spread them over several messages.`,
});

export const notSendable = defineError<Named & { reason: string }>({
  code: "sandbox/not-sendable",
  status: 422,
  explain:
    "A payload holds something that cannot travel: a function, a symbol, itself, or a key named `__proto__`.",
  message: ({ name, reason }) => `A payload of script "${name}" cannot be sent: ${reason}`,
});

export const scriptStopped = defineError<Named>({
  code: "sandbox/stopped",
  status: 503,
  explain:
    "The node of a script stopped before the message was done. The message is handled again when the flow runs.",
  message: ({ name }) => `Script "${name}" was stopped before it was done with the message.`,
});

export const sandboxClosed = defineError<Record<string, never>>({
  code: "sandbox/closed",
  status: 503,
  explain: "The engine is shutting down and runs no more scripts.",
  message: () => "Scripts do not run any more: the engine is shutting down.",
});
