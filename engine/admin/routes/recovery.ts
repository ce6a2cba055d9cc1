// Messages that were given up, and messages to be handled once more.
import { defineRoute } from "../route.ts";
import { CountAnswer, DiscardBody, ReplayBody, RetryBody, TopicMessagesSchema } from "../schemas.ts";
import { EntryRange, topicPath } from "./topic-path.ts";

const tag = "topics";
const params = topicPath("stream topic");

export const recoveryRoutes = [
  defineRoute({
    method: "GET",
    path: "/api/flows/:name/topics/:topic/dead",
    summary:
      "Messages of a topic that were given up, oldest first. Their attributes say why: error, stack, node, attempts, topic, entry, group. Without from: the newest.",
    tag,
    params,
    query: EntryRange,
    response: TopicMessagesSchema,
    handle: async ({ engine, params, query }) => ({
      body: await engine.deadLetters(params.name, params.topic, query),
    }),
  }),
  defineRoute({
    method: "POST",
    path: "/api/flows/:name/topics/:topic/dead/retry",
    summary:
      "Puts messages that were given up back to their topic, for the reader that had given them up, with fresh attempts; a single one with another payload, if given.",
    tag,
    params,
    body: RetryBody,
    response: CountAnswer,
    handle: async ({ engine, params, body }) => ({
      body: await engine.retryDeadLetters(params.name, params.topic, body),
    }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/api/flows/:name/topics/:topic/dead",
    summary: "Throws messages that were given up away.",
    tag,
    params,
    body: DiscardBody,
    response: CountAnswer,
    handle: async ({ engine, params, body }) => ({
      body: await engine.discardDeadLetters(params.name, params.topic, body),
    }),
  }),
  defineRoute({
    method: "POST",
    path: "/api/flows/:name/topics/:topic/replay",
    summary:
      "Publishes kept messages again as they were, with the same ids: to all readers of the topic, or to one node of this flow.",
    tag,
    params,
    body: ReplayBody,
    response: CountAnswer,
    handle: async ({ engine, params, body }) => ({
      body: await engine.replay(params.name, params.topic, body),
    }),
  }),
];
