// What is written to the dead-letter topic: the message as it was, and in its attributes why it was given up.
import type { StreamEntry } from "../backend/backend.ts";
import { errorText } from "../base/errors/index.ts";
import type { TopicCodec } from "../codec/index.ts";
import { EngineMessage } from "./engine-message.ts";
import { randomWords } from "./message-id.ts";
import type { TreeFailure } from "./tree.ts";

/** Attributes that a dead letter has beside those of its message. */
export const DEAD_LETTER_ATTRIBUTES = [
  "error",
  "stack",
  "node",
  "attempts",
  "topic",
  "entry",
  "group",
] as const;

export function deadLetter(
  given: {
    readonly entry: StreamEntry;
    readonly message: EngineMessage | undefined;
    readonly attempt: number;
  },
  failure: TreeFailure,
  from: { readonly topic: string; readonly group: string },
  codec: TopicCodec,
): Uint8Array {
  const { entry, message, attempt } = given;
  const { topic, group } = from;
  const stack = failure.error instanceof Error ? (failure.error.stack ?? "") : "";
  const letter = new EngineMessage({
    topic,
    time: message?.time ?? Number.parseInt(entry.id, 10),
    source: message?.source ?? "",
    correlation: message?.correlationId,
    attributes: {
      ...message?.attributes,
      error: errorText(failure.error),
      stack,
      node: failure.node,
      attempts: String(attempt),
      topic,
      entry: entry.id,
      group,
    },
    attempt: 1,
    // A message that could not be read is kept as the bytes it was.
    payload: message ? message.payload : (entry.body ?? entry.fields),
    trees: undefined,
    isRoot: false,
    id: message?.id ?? randomWords(Number.parseInt(entry.id, 10)),
  });
  return codec.encode(letter);
}
