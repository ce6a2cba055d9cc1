// Topics of a flow: what waits in them, their messages, and publishing by hand.
import { Type } from "@millrace/sdk";
import { invalidRequest } from "../../base/errors/admin.ts";
import { defineRoute, FlowName, Name } from "../route.ts";
import { PublishAnswer, PublishBody, TopicDetailSchema, TopicMessagesSchema } from "../schemas.ts";

const tag = "topics";
const params = Type.Object({
  name: FlowName,
  topic: Name("Name of a topic; a shared one begins with a slash, written %2F here."),
});
const entry = (description: string) => Type.Optional(Type.String({ maxLength: 100, description }));

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
    query: Type.Object(
      {
        from: entry("Entry to begin with; 0 is the oldest."),
        to: entry("Entry to end with."),
        limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
      },
      { additionalProperties: false },
    ),
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
