// The topics of a plan: what is declared with its defaults, and the dead-letter topics that come with streams.
import { deadLetterOf, impliedDeadLetters } from "./dead-letters.ts";
import type { Durability } from "./document.ts";
import { durationMs, isSharedTopic } from "./names.ts";
import type { Outline, OutlineTopic } from "./outline.ts";
import type { PlannedTopic, Retry } from "./plan.ts";
import { fileKey, splitProto } from "./references.ts";
import { planRetry, STREAM_RETRY } from "./retry.ts";
import { stableHash } from "./stable-hash.ts";

const LIMIT = { memory: 1_000, pubsub: 1_000, stream: 100_000 } as const;
const KEPT_MESSAGES = 100_000;
const ONE_ATTEMPT: Retry = { ...STREAM_RETRY, attempts: 1 };

/** In the order of the document; implied ones last. */
export function planTopics(
  outline: Outline,
  textOf: (file: string) => string | undefined,
): Map<string, PlannedTopic> {
  const topics = new Map<string, PlannedTopic>();
  for (const topic of outline.topics.values()) topics.set(topic.name, planTopic(topic, textOf));
  for (const [name, { durability }] of impliedDeadLetters(outline))
    topics.set(name, planDeadLetter(name, durability));
  return topics;
}

function planTopic(topic: OutlineTopic, textOf: (file: string) => string | undefined): PlannedTopic {
  const isStream = topic.delivery === "stream";
  const { messages, age, bytes } = isStream ? topic.retention : {};
  const ageMs = durationMs(age);
  return withFingerprint({
    name: topic.name,
    shared: isSharedTopic(topic.name),
    delivery: topic.delivery,
    format: topic.format,
    schema: topic.schema,
    proto: planProto(topic.proto, textOf),
    validate: topic.validate,
    durability: topic.durability,
    limit: topic.limit ?? LIMIT[topic.delivery],
    overflow: topic.overflow,
    partitions: isStream ? topic.partitions : 1,
    key: isStream ? topic.key : undefined,
    retention: {
      messages: messages ?? KEPT_MESSAGES,
      ...(ageMs !== undefined && { ageMs }),
      ...(bytes !== undefined && { bytes }),
    },
    retry: isStream ? planRetry(topic.retry ?? {}) : ONE_ATTEMPT,
    deadLetter: isStream ? deadLetterOf(topic.name, topic.deadLetter) : undefined,
  });
}

/** As durable as the topic whose messages it takes. */
function planDeadLetter(name: string, durability: Durability): PlannedTopic {
  return withFingerprint({
    name,
    shared: isSharedTopic(name),
    delivery: "stream",
    format: "millrace",
    schema: undefined,
    proto: undefined,
    validate: false,
    durability,
    limit: LIMIT.stream,
    overflow: "wait",
    partitions: 1,
    key: undefined,
    retention: { messages: KEPT_MESSAGES },
    retry: STREAM_RETRY,
    deadLetter: deadLetterOf(name, undefined),
  });
}

function planProto(
  proto: string | undefined,
  textOf: (file: string) => string | undefined,
): PlannedTopic["proto"] {
  const named = proto === undefined ? undefined : splitProto(proto);
  const key = named && fileKey(named.file);
  const text = key === undefined ? undefined : textOf(key);
  return named && key !== undefined && text !== undefined ? { text, file: key, type: named.type } : undefined;
}

function withFingerprint(topic: Omit<PlannedTopic, "fingerprint">): PlannedTopic {
  return Object.freeze({ ...topic, fingerprint: stableHash(topic) });
}
