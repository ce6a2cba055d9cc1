// Sends a message by time: again and again, at a time, by a cron expression, or when its button is pressed.
import {
  defineNode,
  Failure,
  type Message,
  type NodeContext,
  type Once,
  parseDuration,
  Type,
} from "@millrace/sdk";
import { TimerConfig } from "./timer/config.ts";
import { isActive, ZoneClock } from "./timer/local-time.ts";
import { TimerRecord } from "./timer/record.ts";
import { dueBetween, type Schedule, scheduleOf } from "./timer/schedule.ts";
import { Sender } from "./timer/sender.ts";
import { Ticker } from "./timer/ticker.ts";
import { type Read, References, splitReference } from "./value/reference.ts";

const docs = `Starts flows. One of \`every\`, \`at\` and \`cron\` says when; without any there is only the button.

\`\`\`json
{
  "cron": "0 */15 * * * *",
  "timezone": "Europe/Berlin",
  "payload": { "report": "orders" },
  "missed": "once",
  "activeWindow": { "from": "08:00", "to": "18:00", "days": ["mon", "tue", "wed", "thu", "fri"] }
}
\`\`\`

The payload of a tick is \`payload\`, or what \`payloadFrom\` names, or \`{ "time": … }\`: when it was due, in milliseconds.
The first tick of \`every\` comes after one interval, or at once with \`immediately\`.

It runs on one engine at a time. What is due by \`cron\`, \`at\`, or with a \`count\` is remembered before it is sent: a
restart does not send it twice. \`missed\` says what happens to ticks that were due while no engine ran, or code blocked
it: with \`all\`, a stream topic gets each tick once, also when the engine is killed while it sends one and another takes
over. The last 20 runs are kept in the node's state (\`timer\`).`;

const MAX_MISSED = 1_000;
/** Faster timers do not say when they tick next. */
const SHOWN_FROM_MS = 10_000;

export default defineNode({
  type: "timer",
  title: "Timer",
  summary: "Sends a message by time: again and again, at a time, by cron, or at the press of a button.",
  category: "flow",
  icon: "clock",
  color: "blue",
  docs,
  config: TimerConfig,
  inputs: {},
  outputs: { tick: Type.Unknown({ description: "The payload, each time it is due." }) },
  manual: true,
  placement: "one",
  async start(context) {
    const { config, emit, clock, signal, status } = context;
    const began = clock.now();
    const beganMonotonic = clock.monotonic();
    const steady = () => began + (clock.monotonic() - beganMonotonic);
    const payloadOf = compilePayload(context);
    const zone = new ZoneClock(config.timezone);
    const makesUp = config.missed !== "skip";
    const { every, at, cron, timezone, count } = config;
    const record = await TimerRecord.open(
      context,
      JSON.stringify({ every, at, cron, timezone, count }),
      began,
    );
    const delayMs = config.startDelay === undefined ? 0 : parseDuration(config.startDelay);
    const anchor = makesUp && every !== undefined ? Math.min(record.lastDue, began) : began + delayMs;
    const schedule = scheduleOf(config, anchor, context.nextCron);
    const now = schedule?.wall ? () => clock.now() : steady;
    /** Intervals are counted steadily, and told by the clock on the wall. */
    const toWall = (due: number) => (schedule?.wall ? due : Math.round(due + clock.now() - steady()));
    const isOpen = (time: number) => !config.activeWindow || isActive(config.activeWindow, zone.at(time));

    const send = async (due: number, payload?: unknown, once?: Once) =>
      emit("tick", payload === undefined ? await payloadOf(due) : payload, {
        attributes: config.attributes,
        from: [],
        ...(once && { once }),
      });
    const sender = new Sender({
      overlap: config.overlap,
      count,
      durable: schedule?.wall === true || makesUp || count > 0,
      record,
      now: () => clock.now(),
      emit: (due, once) => send(due, undefined, once),
      ran: () => show(),
    });
    const tick = (due: number) => {
      const time = toWall(due);
      if (isOpen(time)) void sender.tick(time);
    };
    const jitterMs = config.jitter === undefined ? 0 : parseDuration(config.jitter);
    const blocked = makesUp ? () => void makeUp() : undefined;
    const ticker = schedule && new Ticker(context, schedule, jitterMs, tick, blocked);
    const show = () => showState(status, schedule, sender, record, now());

    const missedNow = (given: Schedule) => (makesUp ? missedTicks(given, record.lastDue, clock.now()) : []);
    /** Makes up for what was missed, and goes on with what comes. */
    const makeUp = async ({ isStart = false } = {}) => {
      if (!schedule || !ticker || sender.done) return;
      // Again for what became due while it made up for the rest: the ticker begins where the last look ended.
      let from = now();
      for (let missed = missedNow(schedule); missed.length > 0 && !signal.aborted; ) {
        for (const due of config.missed === "all" ? missed : missed.slice(-1)) {
          if (isOpen(due) && !signal.aborted) await sender.tick(due);
        }
        await record.skipTo(missed.at(-1) ?? record.lastDue);
        from = now();
        missed = missedNow(schedule);
      }
      if (isStart && config.immediately && every !== undefined) tick(now());
      ticker.start(from, now);
      show();
    };
    context.after(delayMs, async () => {
      if (makesUp) await sender.repeat();
      await makeUp({ isStart: true });
    });
    show();

    return {
      async fire(payload: unknown) {
        const time = clock.now();
        await send(time, payload);
        record.end({ due: time, time, status: "sent", manual: true });
      },
      health() {
        const last = record.lastRun;
        return last?.status === "failed"
          ? { healthy: false, text: last.error ?? "failed" }
          : { healthy: true };
      },
      async close() {
        ticker?.close();
        await record.close();
      },
    };
  },
});

/** What was due meanwhile, so many at most; when there was more, the last one stands for all the rest. */
function missedTicks(schedule: Schedule, since: number, now: number): number[] {
  const due = dueBetween(schedule, since, now, MAX_MISSED);
  return due.length < MAX_MISSED ? due : [...due.slice(0, -1), now];
}

function showState(
  status: NodeContext["status"],
  schedule: Schedule | undefined,
  sender: Sender,
  record: TimerRecord,
  now: number,
): void {
  if (record.lastRun?.status === "failed") {
    status(record.lastRun.error ?? "failed", "error");
    return;
  }
  if (!schedule) return;
  const next = sender.done ? undefined : schedule.next(now);
  if (next === undefined) status("done", "idle");
  else if (schedule.wall || next - now >= SHOWN_FROM_MS) status(`next ${new Date(next).toISOString()}`, "ok");
}

/** How a tick's payload is made. */
function compilePayload(context: NodeContext<TimerConfig>): (due: number) => unknown {
  const { payload, payloadFrom } = context.config;
  if (payloadFrom === undefined) return (due) => (payload === undefined ? { time: due } : payload);
  const [root] = splitReference(payloadFrom);
  if (root !== "now" && root !== "env" && root !== "state" && root !== "flow" && root !== "global") {
    throw new Failure(
      `"${payloadFrom}" is part of a message, and a timer has none. Use now, env, state, flow or global.`,
      {
        code: "timer/bad-payload",
        retry: false,
      },
    );
  }
  const references = new References(context);
  const read: Read = references.compile(payloadFrom);
  return () => references.withState((state) => read(NO_MESSAGE, state));
}

const NO_MESSAGE: Message = {
  id: "",
  topic: "",
  time: 0,
  source: "",
  correlationId: "",
  attributes: {},
  attempt: 1,
  payload: undefined,
};
