// Node types for fault tests: a source as fast as it may be, work that takes its time and counts, a pass through memory,
// a sink outside that writes down what it was asked to do, and work that some messages ruin.
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { defineNode, Type } from "@millrace/sdk";

const Task = Type.Object({
  number: Type.Number(),
  key: Type.String(),
  poison: Type.Optional(Type.String()),
});

const work = defineNode({
  type: "fault-work",
  title: "Work",
  summary: "Counts a number in its key's state, and hands it on.",
  category: "test",
  config: Type.Object({
    /** Keeps the processor busy for each message. */
    busyMs: Type.Optional(Type.Number()),
    /** Waits for each message, as for somebody else's answer. */
    waitMs: Type.Optional(Type.Number()),
    /** Counts per key in the node's state. */
    counts: Type.Optional(Type.Boolean()),
    /** The first attempt at every so many-th number fails. */
    stumbles: Type.Optional(Type.Number()),
    /** Changes with every deploy. */
    version: Type.Optional(Type.Number()),
  }),
  inputs: { in: Task },
  outputs: { out: Type.Unknown() },
  start: ({ config, emit, state }) => ({
    async in({ payload: { number, key }, attempt }) {
      if (config.busyMs) {
        const until = performance.now() + config.busyMs;
        while (performance.now() < until);
      }
      if (config.waitMs) await pause(config.waitMs);
      if (config.stumbles && number % config.stumbles === 0 && attempt === 1) throw new Error("It stumbles.");
      const total = config.counts
        ? await state.update<number>(`total:${key}`, (before) => (before ?? 0) + 1)
        : undefined;
      await emit("out", { number, key, total, attempt });
    },
  }),
});

const pass = defineNode({
  type: "fault-pass",
  title: "Pass",
  summary: "Hands on what it gets.",
  category: "test",
  config: Type.Object({}),
  inputs: { in: Type.Unknown() },
  outputs: { out: Type.Unknown() },
  start: ({ emit }) => ({ in: ({ payload }) => emit("out", payload) }),
});

const sink = defineNode({
  type: "fault-sink",
  title: "Sink",
  summary: "An effect outside: appends the number and the message's id to a file.",
  category: "test",
  config: Type.Object({ file: Type.String(), waitMs: Type.Optional(Type.Number()) }),
  inputs: { in: Type.Unknown() },
  outputs: {},
  start: ({ config }) => ({
    async in({ id, payload }) {
      if (config.waitMs) await pause(config.waitMs);
      appendFileSync(config.file, `${numberOf(payload)} ${id}\n`);
    },
  }),
});

/** Numbers that are under way to the topic at once. */
const SOURCE_WINDOW = 20;

const source = defineNode({
  type: "fault-source",
  title: "Source",
  summary: "Sends numbers as fast as they are taken, and writes down which were taken (+) and refused (-).",
  category: "test",
  config: Type.Object({ file: Type.String(), from: Type.Number(), filler: Type.String() }),
  inputs: {},
  outputs: { out: Task },
  start: ({ config, emit, signal }) => {
    const { file, filler } = config;
    const run = async () => {
      for (let first = config.from; !signal.aborted; first += SOURCE_WINDOW) {
        const numbers = Array.from({ length: SOURCE_WINDOW }, (_, index) => first + index);
        const taken = await Promise.allSettled(
          numbers.map((number) => emit("out", { number, key: `s${number % 16}`, filler })),
        );
        const lines = numbers.map(
          (number, index) => `${taken[index]?.status === "fulfilled" ? "+" : "-"}${number}`,
        );
        appendFileSync(file, `${lines.join("\n")}\n`);
      }
    };
    const running = run();
    return { close: () => running };
  },
});

const poisonable = defineNode({
  type: "fault-poisonable",
  title: "Poisonable",
  summary: "Hands on what it gets, unless the message says how to ruin it.",
  category: "test",
  timeoutMs: 300,
  config: Type.Object({}),
  inputs: { in: Task },
  outputs: { out: Type.Unknown() },
  start: ({ emit }) => ({
    async in({ payload }) {
      if (payload.poison === "throw") throw new Error("This message cannot be handled.");
      if (payload.poison === "hang") await new Promise(() => undefined);
      if (payload.poison === "reject-later") void Promise.reject(new Error("Nobody waits for this."));
      if (payload.poison === "crash") process.kill(process.pid, "SIGKILL");
      await emit("out", { number: payload.number, key: payload.key, attempt: 1 });
    },
  }),
});

function numberOf(payload: unknown): unknown {
  return typeof payload === "object" && payload !== null && "number" in payload ? payload.number : undefined;
}

export default [work, pass, sink, source, poisonable];
