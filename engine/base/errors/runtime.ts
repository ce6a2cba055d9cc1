// Errors of running nodes.
import { defineError } from "./error.ts";

export const nodeTypeMissing = defineError<{ type: string }>({
  code: "runtime/type-missing",
  explain:
    "A node's type is not installed, so this node does not run; the rest of the flow does. Install the package that has it, or deploy the flow without the node.",
  message: ({ type }) => `Node type "${type}" is not installed. Install its package, then deploy again.`,
});

export const nodeStartFailed = defineError<{ node: string; reason: string }>({
  code: "runtime/start-failed",
  explain:
    "A node's `start` threw. It is tried again with growing pauses; meanwhile its messages wait. Correct what the sentence names.",
  message: ({ node, reason }) => `Node "${node}" did not start: ${reason}`,
});

export const handlingTimedOut = defineError<{ node: string; timeoutMs: number }>({
  code: "runtime/timeout",
  explain:
    "A node did not settle a message within its `timeout`. Raise the node's `timeout`, or make its work shorter.",
  message: ({ node, timeoutMs }) =>
    `Node "${node}" did not finish a message within ${timeoutMs} ms. Make its work shorter, or raise its timeout.`,
});

export const nodeStopped = defineError<{ node: string }>({
  code: "runtime/stopped",
  explain:
    "A message was still being worked on when its node had to stop. Messages of stream topics come again.",
  message: ({ node }) => `Node "${node}" was stopped while it worked on the message.`,
});

export const unknownPort = defineError<{ node: string; port: string; ports: readonly string[] }>({
  code: "runtime/unknown-port",
  explain:
    "A node emitted to a port that its type does not have. Correct the port's name in the node's code.",
  message: ({ node, port, ports }) =>
    `Node "${node}" has no output "${port}". Its outputs are ${ports.map((name) => `"${name}"`).join(", ")}.`,
});

export const originMissing = defineError<{ node: string }>({
  code: "runtime/origin-missing",
  explain:
    "A batch handler emitted without saying which of its messages the new one descends from. Pass `from` with the delivery or message.",
  message: ({ node }) =>
    `Node "${node}" emitted from a batch without "from". Pass the delivery it descends from.`,
});

export const unknownNode = defineError<{ flow: string; node: string }>({
  code: "runtime/unknown-node",
  status: 404,
  explain: "A node was asked for that the flow does not have. Look at the flow's nodes.",
  message: ({ flow, node }) => `Flow "${flow}" has no node "${node}". Look at the flow's nodes for its id.`,
});

export const unknownInput = defineError<{ node: string; port: string; ports: readonly string[] }>({
  code: "runtime/unknown-input",
  status: 400,
  explain: "A message was injected into an input that the node does not have. Name one of its inputs.",
  message: ({ node, port, ports }) =>
    ports.length === 0
      ? `Node "${node}" has no inputs. Inject without a port to fire it.`
      : `Node "${node}" has no input "${port}". Its inputs are ${ports.map((name) => `"${name}"`).join(", ")}.`,
});

export const nodeNotRunning = defineError<{ node: string; state: string }>({
  code: "runtime/not-running",
  status: 409,
  explain: "Something was asked of a node that does not run right now. See its state and last errors.",
  message: ({ node, state }) =>
    `Node "${node}" is ${state}, not running. See its last error, then try again.`,
});

export const notASource = defineError<{ node: string }>({
  code: "runtime/not-a-source",
  status: 400,
  explain: "A node was fired by hand whose type cannot be. Inject a message into one of its inputs instead.",
  message: ({ node }) => `Node "${node}" cannot be fired by hand. Name an input port to inject a message.`,
});

export const secretMissing = defineError<{ name: string }>({
  code: "runtime/secret-missing",
  explain:
    "A config names a secret that is not set. Set the environment variable that stands for it, then start again.",
  message: ({ name }) =>
    `Secret "${name}" is not set. Set the environment variable MILLRACE_SECRET_${name.toUpperCase().replaceAll("-", "_")}.`,
});
