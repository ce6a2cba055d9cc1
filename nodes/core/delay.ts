// Holds messages back: for a time, or so that only so many pass per time.
import { type Delivery, defineNode, Failure, type Message, parseDuration, Type } from "@millrace/sdk";
import { DelayConfig } from "./delay/config.ts";
import { Limiter } from "./delay/limiter.ts";
import { Turns } from "./delay/turns.ts";
import { Waiting } from "./delay/waiting.ts";
import { asText } from "./value/compare.ts";
import { References, type StateValues } from "./value/reference.ts";

const docs = `Delays every message, or limits their rate.

\`\`\`json
{ "mode": "rate", "rate": 10, "per": "1s", "burst": 20, "key": "attributes.user" }
\`\`\`

- **fixed**, **random**, **message**: each message waits by itself, so a short one may overtake a long one.
- **rate**: \`rate\` messages \`per\` time, for each \`key\` (or all keys in turns, with \`share\`); after a rest
  \`burst\` at once. Too many of them queue, only the
  latest of a key waits, or they are dropped. An attribute \`rate\` on a message replaces the rate for its key.

What waits stays unsettled: when the input is a durable topic, nothing is lost if the engine stops; it comes again.
At most \`limit\` messages wait; after that a message fails, or one is dropped. Dropped ones leave by \`dropped\`.

Attributes give orders: \`reset\` forgets all that waits; \`flush\` sends it at once (a number: so many, oldest first);
such messages are not passed on themselves. \`to-front\` queues a message before the others.`;

export default defineNode({
  type: "delay",
  title: "Delay",
  summary: "Holds messages back for a time, or so that only so many pass per time.",
  category: "flow",
  icon: "hourglass",
  docs,
  config: DelayConfig,
  inputs: { in: Type.Unknown({ description: "Any message." }) },
  outputs: {
    out: Type.Unknown({ description: "The messages, later and unchanged." }),
    dropped: Type.Unknown({ description: "The messages that were dropped." }),
  },
  start(context) {
    const { config, emit, clock } = context;
    const [min, max] = [parseDuration(config.min), parseDuration(config.max)];
    const per = parseDuration(config.per);
    if (min > max) throw badTime(`"${config.min}" is longer than "${config.max}". Swap the two.`);
    const fixed = parseDuration(config.delay);
    const references = new References(context);
    const readTime = references.compile(config.path);
    const readKey = config.key === undefined ? undefined : references.compile(config.key);
    const show = statusOf(context);
    const waiting = new Waiting({
      limit: config.limit,
      overflow: config.overflow,
      emit: (port, delivery) => emit(port, delivery.message.payload, { from: delivery }),
      changed: show,
    });
    const limiter = new (config.share === "turns" ? Turns : Limiter)(context, waiting, config.excess);

    const waitOf = (message: Message, state: StateValues): number => {
      if (config.mode === "fixed") return fixed;
      if (config.mode === "random") return min + Math.random() * (max - min);
      return timeIn(readTime(message, state)) ?? fixed;
    };
    const handle = (message: Message, delivery: Delivery, state: StateValues) => {
      const { flush, reset, rate } = message.attributes;
      const toFront = "to-front" in message.attributes;
      const key = readKey ? asText(readKey(message, state)) : "";
      if (flush !== undefined || reset !== undefined) {
        const mine = waiting.items.filter((item) => key === "" || item.key === key);
        const count = flush === undefined ? 0 : Number.parseInt(flush, 10);
        const sent = mine.slice(0, Number.isNaN(count) ? mine.length : count);
        if (reset !== undefined) for (const item of mine) if (!sent.includes(item)) waiting.forget(item);
        return Promise.all(sent.map((item) => waiting.send(item))).then(() => undefined);
      }
      if (config.mode !== "rate") {
        const wait = waitOf(message, state);
        const item = waiting.add(delivery, key, toFront);
        if (item) item.timer = context.after(wait, () => waiting.send(item));
        return;
      }
      const perTime = Number(rate ?? config.rate);
      if (!(perTime > 0)) throw badTime(`The attribute rate is "${rate}". Give a number above 0.`);
      const port = limiter.take(delivery, key, { intervalMs: per / perTime, burst: config.burst }, toFront);
      return port && emit(port, message.payload);
    };
    return {
      in: (message, delivery) => references.withState((state) => handle(message, delivery, state)),
      close() {
        limiter.close();
        for (const { timer } of waiting.items) timer?.[Symbol.dispose]();
        show.stop();
      },
    };

    function timeIn(value: unknown): number | undefined {
      if (value === undefined || value === null) return undefined;
      const ms = typeof value === "string" && !/^[\d.]+$/.test(value) ? parseDuration(value) : Number(value);
      if (Number.isNaN(ms))
        throw badTime(`"${asText(value)}" is not a time. Give milliseconds, or a text like "5s".`);
      return Math.max(0, value instanceof Date ? ms - clock.now() : ms);
    }
  },
});

/** Shows how many wait, at most twice a second. */
function statusOf({
  status,
  after,
}: {
  status(text: string): void;
  after(ms: number, run: () => void): Disposable;
}) {
  let count = 0;
  let timer: Disposable | undefined;
  const show = (waiting: number) => {
    count = waiting;
    timer ??= after(500, () => {
      timer = undefined;
      status(count === 0 ? "" : `${count} waiting`);
    });
  };
  return Object.assign(show, { stop: () => timer?.[Symbol.dispose]() });
}

function badTime(sentence: string): Failure {
  return new Failure(sentence, { code: "delay/bad-time", retry: false });
}
