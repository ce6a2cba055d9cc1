// Errors of topics: full, refused, unreadable.
import { defineError } from "./error.ts";

export const topicFull = defineError<{ topic: string; limit: number }>({
  code: "topics/full",
  status: 503,
  explain:
    'More messages wait in the topic than its `limit` allows, and its `overflow` refuses more. Make the readers faster, raise `limit`, or let the emitter wait with `overflow: "wait"`.',
  message: ({ topic, limit }) =>
    `Topic "${topic}" is full: ${limit} messages wait already. Make its readers faster, or raise its limit.`,
});

export const unknownTopic = defineError<{ topic: string; suggestion?: string | undefined }>({
  code: "topics/unknown",
  status: 404,
  explain:
    "A topic was asked for that the flow does not declare. Declare it under `topics`, or correct the name.",
  message: ({ topic, suggestion }) =>
    `Topic "${topic}" is not declared in this flow.${suggestion ? ` Did you mean "${suggestion}"?` : " Declare it under topics."}`,
});

export const payloadRefused = defineError<{ topic: string; reasons: readonly string[] }>({
  code: "topics/payload-refused",
  status: 422,
  explain:
    "The topic has `validate: true` and the payload does not fit its schema. Correct the payload, or the schema.",
  message: ({ topic, reasons }) =>
    `The payload does not fit the schema of topic "${topic}": ${reasons.join("; ")}.`,
});

export const topicClosed = defineError<{ topic: string }>({
  code: "topics/closed",
  status: 503,
  explain:
    "A message was published while its topic was being closed: the flow stops, or was deployed anew. Try again.",
  message: ({ topic }) => `Topic "${topic}" is closing. Publish again when the flow runs.`,
});

export const handlingCrashed = defineError<{ times: number }>({
  code: "topics/handling-crashed",
  explain:
    "A message of a stream was being handled when the process ended, again and again, so it was given up to the dead-letter topic without being handled once more. Look at its payload and at the node that reads the topic, then retry it.",
  message: ({ times }) =>
    `Its handling ended the process ${times} times, so it was not handled again. Look for what it does to its node before you retry it.`,
});

export const notAStream = defineError<{ topic: string; delivery: string }>({
  code: "topics/not-a-stream",
  status: 400,
  explain:
    'Only topics with delivery "stream" keep messages, so only they have dead letters and can be replayed. Give the topic that delivery.',
  message: ({ topic, delivery }) =>
    `Topic "${topic}" has delivery "${delivery}" and keeps no messages. Only topics with delivery "stream" do.`,
});

export const unknownGroup = defineError<{ topic: string; group: string; groups: readonly string[] }>({
  code: "topics/unknown-group",
  status: 404,
  explain: "No node of this name reads the topic, so nothing can be replayed to it. Name a node that does.",
  message: ({ topic, group, groups }) =>
    `No reader "${group}" of topic "${topic}" is known. ${groups.length > 0 ? `Its readers are: ${groups.join(", ")}.` : "Nobody reads it."}`,
});
