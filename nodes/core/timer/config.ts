// The config of the timer node.
import { Duration, Type } from "@millrace/sdk";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const time = (title: string, description: string) =>
  Type.Optional(Type.String({ title, description, pattern: "^([01]\\d|2[0-3]):[0-5]\\d$" }));

const optionalDuration = (title: string, description: string) =>
  Type.Optional(Duration({ title, description }));

export const TimerConfig = Type.Object(
  {
    every: optionalDuration("Every", "Again and again, the first time after this long."),
    at: Type.Optional(
      Type.String({
        title: "At",
        description:
          "Once, at an ISO time: 2030-12-31T23:59:00+01:00. Without an offset in the timer's time zone.",
        pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})?$",
      }),
    ),
    cron: Type.Optional(
      Type.String({
        title: "Cron",
        description: "By a cron expression of 5 or 6 fields (seconds first).",
        minLength: 1,
        "x-widget": "cron",
      }),
    ),
    timezone: Type.Optional(
      Type.String({
        title: "Time zone",
        description: "Name of the zone, for example Europe/Berlin. Default: the system's.",
      }),
    ),
    payload: Type.Optional(
      Type.Unknown({
        title: "Payload",
        description:
          "What each tick carries, as JSON. Default: { time }, the time it was due in milliseconds.",
        "x-widget": "json",
      }),
    ),
    payloadFrom: Type.Optional(
      Type.String({
        title: "Payload from",
        description:
          "Where the payload is read instead: now, now.iso, env.NAME, state.key, flow.key, global.key.",
        "x-widget": "path",
      }),
    ),
    attributes: Type.Record(Type.String(), Type.String(), {
      title: "Attributes",
      description: "Texts that each tick carries beside the payload.",
      default: {},
      "x-widget": "key-value",
    }),
    startDelay: optionalDuration("Start after", "Waits this long after the start before anything else."),
    immediately: Type.Boolean({
      title: "At the start",
      description: "Every: tick once at the start too, not only after the first interval.",
      default: false,
    }),
    count: Type.Integer({
      title: "Count",
      description: "So many ticks in all, then never again until the timer is changed; 0: no end.",
      default: 0,
      minimum: 0,
    }),
    jitter: optionalDuration("Jitter", "Each tick comes later by a random time of at most this."),
    overlap: Type.Enum(["skip", "queue", "parallel"], {
      type: "string",
      title: "Overlap",
      description:
        "When the topics have not taken the last tick yet: leave the new one out, queue it, or send it too.",
      default: "skip",
    }),
    missed: Type.Enum(["skip", "once", "all"], {
      type: "string",
      title: "Missed ticks",
      description:
        "Ticks that were due while no engine ran: leave them out, make up for them once, or for each.",
      default: "skip",
    }),
    activeWindow: Type.Optional(
      Type.Object(
        {
          from: time("From", "Time of day, 08:00."),
          to: time("To", "Time of day, not included. Before From: over midnight."),
          days: Type.Optional(
            Type.Array(Type.Enum([...DAYS], { type: "string" }), {
              title: "Days",
              description: "Days of the week; none: all.",
              uniqueItems: true,
            }),
          ),
        },
        {
          additionalProperties: false,
          title: "Active",
          description: "Ticks outside of these times, in the timer's time zone, are left out.",
        },
      ),
    ),
  },
  { additionalProperties: false },
);

export type TimerConfig = Type.Static<typeof TimerConfig>;
