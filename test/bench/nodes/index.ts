// Node types for benchmarks: a source that emits as fast as it is let, and a sink that counts.
import { defineNode, Type } from "@millrace/sdk";

/** Messages emitted before the source waits for room. */
const STRIDE = 500;

const source = defineNode({
  type: "bench-source",
  title: "Source",
  summary: "Emits numbered messages as fast as back pressure lets it.",
  category: "bench",
  config: Type.Object({}),
  inputs: {},
  outputs: { out: Type.Unknown() },
  start: ({ emit }) => ({
    async fire(count: unknown) {
      for (let n = 0; n < Number(count); n++) {
        const taken = emit("out", { n });
        if (n % STRIDE === STRIDE - 1) await taken;
      }
    },
  }),
});

const pass = defineNode({
  type: "bench-pass",
  title: "Pass",
  summary: "Hands on what it gets.",
  category: "bench",
  config: Type.Object({}),
  inputs: { in: Type.Unknown() },
  outputs: { out: Type.Unknown() },
  start: ({ emit }) => ({ in: ({ payload }) => emit("out", payload) }),
});

const sink = defineNode({
  type: "bench-sink",
  title: "Sink",
  summary: "Takes what comes; its counts say how many.",
  category: "bench",
  config: Type.Object({}),
  inputs: { in: Type.Unknown() },
  outputs: {},
  start: () => ({
    in() {},
  }),
});

export default [source, pass, sink];
