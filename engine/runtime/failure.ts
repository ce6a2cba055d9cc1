// A failure as data: the payload of error outputs and catch nodes.
import { Failure, type NodeFailure } from "@millrace/sdk";
import { errorText } from "../base/errors/index.ts";
import type { EngineMessage } from "../topics/engine-message.ts";

export function failureOf(
  node: NodeFailure["node"],
  message: EngineMessage | undefined,
  error: unknown,
): NodeFailure {
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    error: { message: errorText(error), ...(code ? { code } : {}), ...(stack ? { stack } : {}) },
    node,
    message: message
      ? {
          id: message.id,
          topic: message.topic,
          attempt: message.attempt,
          attributes: message.attributes,
          payload: message.payload,
        }
      : null,
  };
}

/** Whether another try with the same input could go better. */
export function mayRetry(error: unknown): boolean {
  return !(error instanceof Failure) || error.retry;
}
