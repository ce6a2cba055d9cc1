// Topics of a flow: what waits in them, their messages, and publishing by hand.
import { invalidRequest } from "../../base/errors/admin.ts";
import { defineRoute } from "../route.ts";
import { PublishAnswer, PublishBody, TopicDetailSchema, TopicMessagesSchema } from "../schemas.ts";
import { EntryRange, topicPath } from "./topic-path.ts";

const tag = "topics";
const params = topicPath("topic");

export const topicRoutes = [
  defineRoute({
    method: "GET",
    path: "/api/flows/:name/topics/:topic",
    summary: "Length of a topic, and what each of its readers has still to do.",
    tag,
    params,
    response: TopicDetailSchema,
    handle: async ({ engine, params }) => ({ body: await engine.topic(params.name, params.topic) }),
  }),
  defineRoute({
    method: "GET",
    path: "/api/flows/:name/topics/:topic/messages",
    summary: "Messages kept in a stream topic, oldest first. Without from: the newest.",
    tag,
    params,
    query: EntryRange,
    response: TopicMessagesSchema,
    handle: async ({ engine, params, query }) => ({
      body: await engine.messages(params.name, params.topic, query),
    }),
  }),
  defineRoute({
    method: "POST",
    path: "/api/flows/:name/topics/:topic/messages",
    summary: "Publishes one message or many. Answers after the topic has them.",
    tag,
    params,
    body: PublishBody,
    status: 202,
    response: PublishAnswer,
    async handle({ engine, params, body }) {
      const many = body.messages !== undefined;
      const one = "payload" in body;
      if (many === one || (many && body.attributes !== undefined)) {
        throw invalidRequest({
          problems: ['Give either "payload" (and "attributes") or "messages", not both.'],
        });
      }
      const messages = body.messages ?? [
        { payload: body.payload, ...(body.attributes && { attributes: body.attributes }) },
      ];
      return { status: 202, body: { ids: await engine.publish(params.name, params.topic, messages) } };
    },
  }),
];
