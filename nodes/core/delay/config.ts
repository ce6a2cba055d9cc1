// The config of the delay node.
import { Duration, Type } from "@millrace/sdk";
import { REFERENCE_HELP } from "../value/reference.ts";

export const DelayConfig = Type.Object(
  {
    mode: Type.Enum(["fixed", "random", "message", "rate"], {
      type: "string",
      title: "Delay",
      description: "Every message by the same time, by a random one, by one it names; or so many per time.",
      default: "fixed",
    }),
    delay: Duration({ title: "Time", description: "Fixed; and for messages that name none.", default: "5s" }),
    min: Duration({ title: "Shortest", description: "Random: at least this.", default: "1s" }),
    max: Duration({ title: "Longest", description: "Random: at most this.", default: "5s" }),
    path: Type.String({
      title: "Time from",
      description: `Message: a duration, or milliseconds. ${REFERENCE_HELP}`,
      default: "payload.delay",
      "x-widget": "path",
    }),
    rate: Type.Number({ title: "Messages", description: "Rate: how many.", default: 1, exclusiveMinimum: 0 }),
    per: Duration({ title: "Per", description: "Rate: in which time.", default: "1s" }),
    burst: Type.Integer({
      title: "Burst",
      description: "Rate: how many may pass at once after a rest.",
      default: 1,
      minimum: 1,
    }),
    key: Type.Optional(
      Type.String({
        title: "Key",
        description: "Rate: keys are told apart, for example by topic or attributes.user.",
        "x-widget": "path",
      }),
    ),
    share: Type.Enum(["each", "turns"], {
      type: "string",
      title: "Keys",
      description: "Rate: each key has the rate for itself, or all share it and take turns.",
      default: "each",
    }),
    excess: Type.Enum(["queue", "latest", "drop"], {
      type: "string",
      title: "Too many",
      description: "Rate: they queue, only the latest of a key waits, or they are dropped.",
      default: "queue",
    }),
    limit: Type.Integer({
      title: "Waiting at most",
      description: "How many messages may wait in this node.",
      default: 1_000,
      minimum: 1,
    }),
    overflow: Type.Enum(["fail", "drop-oldest", "drop-newest"], {
      type: "string",
      title: "When full",
      description: "A message more fails (and is tried again), or one is dropped.",
      default: "fail",
    }),
  },
  { additionalProperties: false },
);

export type DelayConfig = Type.Static<typeof DelayConfig>;
