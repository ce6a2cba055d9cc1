// Messages that people and programs publish through the API: they descend from nothing.
import { EngineMessage, NO_ATTRIBUTES } from "../topics/engine-message.ts";
import { randomWords } from "../topics/message-id.ts";
import type { Topic } from "../topics/topic.ts";

/** Resolves with the messages' ids after the topic has them all. */
export async function publishFromOutside(
  topic: Topic,
  given: readonly { payload: unknown; attributes?: Readonly<Record<string, string>> }[],
): Promise<string[]> {
  const time = Date.now();
  const messages = given.map(
    ({ payload, attributes }) =>
      new EngineMessage({
        topic: topic.planned.name,
        time,
        source: "api",
        correlation: undefined,
        attributes: attributes ?? NO_ATTRIBUTES,
        attempt: 1,
        payload,
        trees: undefined,
        isRoot: false,
        id: randomWords(time),
      }),
  );
  await Promise.all(messages.map(async (message) => topic.publish(message)));
  return messages.map(({ id }) => id);
}
