// Looking at topics from outside: how much waits for whom, and the messages that a stream still has.
import type { TopicDetail, TopicMessage, TopicMessages } from "../admin/api.ts";
import type { StreamEntry } from "../backend/backend.ts";
import { errorText } from "../base/errors/index.ts";
import { foreignMessage, type TopicCodec } from "../codec/index.ts";
import type { EngineMessage } from "../topics/engine-message.ts";
import { messageFromWire } from "../topics/from-wire.ts";
import { MemoryTopic } from "../topics/memory.ts";
import { StreamTopic } from "../topics/stream.ts";
import type { Topic } from "../topics/topic.ts";

export async function topicDetail(topic: Topic): Promise<TopicDetail> {
  const { delivery } = topic.planned;
  const rate = topic.rate();
  const counts = { rate, dropped: topic.dropped, voided: 0, handled: [] };
  if (topic instanceof MemoryTopic) {
    return { delivery, length: topic.waiting, groups: topic.groups(), ...counts };
  }
  if (!(topic instanceof StreamTopic)) return { delivery, length: 0, groups: [], ...counts };
  const { length, groups } = await topic.info();
  return {
    delivery,
    length,
    ...counts,
    voided: topic.voided,
    handled: [...topic.counts()].map(([node, each]) => ({ node, ...each })),
    groups: groups.map(({ group, lag, pending }) => ({
      node: group.slice(group.indexOf("/") + 1),
      waiting: lag + pending,
      pending,
      lag,
    })),
  };
}

/** Only streams keep messages; of the others there is nothing to show. */
export async function topicMessages(
  topic: Topic,
  options: { from?: string; to?: string; limit: number },
): Promise<TopicMessages> {
  if (!(topic instanceof StreamTopic)) return { messages: [], next: null };
  const { entries, next } = await topic.range(options);
  return { messages: entries.map((entry) => shownEntry(entry, topic.planned.name, topic.codec)), next };
}

function shownEntry(entry: StreamEntry, topic: string, codec: TopicCodec): TopicMessage {
  try {
    const wire = entry.body === undefined ? foreignMessage(entry.fields ?? {}) : codec.decode(entry.body);
    const arrived = Number.parseInt(entry.id, 10);
    return { entry: entry.id, ...seen(messageFromWire(wire, { topic, arrived, entry: entry.id })) };
  } catch (error) {
    const time = Number.parseInt(entry.id, 10);
    const attributes = { error: errorText(error) };
    const nothing = { id: "", time, source: "", correlationId: "", attributes, attempt: 1 };
    return {
      entry: entry.id,
      ...nothing,
      payload: entry.fields ?? Buffer.from(entry.body ?? []).toString("base64"),
    };
  }
}

function seen({ id, time, source, correlationId, attributes, attempt, payload }: EngineMessage) {
  return { id, time, source, correlationId, attributes, attempt, payload };
}
