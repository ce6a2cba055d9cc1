// Every type of the core library keeps the node contract.
import definitions from "@millrace/nodes-core";
import type { ScriptPower } from "@millrace/sdk";
import { type ContractOptions, type NextCron, nodeContract } from "@millrace/sdk/testing";
import { Cron } from "croner";
import { describe, it } from "vitest";

const nextCron: NextCron = (expression, { timezone, from, count = 1 }) =>
  new Cron(expression, timezone ? { timezone } : {}).nextRuns(count, from);

/** Stands for the isolate: the contract is about the node, the sandbox has suites of its own. */
const scripts: ScriptPower = {
  async load(source) {
    if (source.code.includes("syntax error"))
      throw new SyntaxError(`${source.name}:1:1 Unexpected identifier.`);
    return {
      run: async (messages) =>
        messages.map((message) =>
          message.payload === "bad"
            ? { ok: false as const, error: new Error("The script threw on purpose.") }
            : { ok: true as const, emits: [{ port: "out", payload: message.payload }] },
        ),
      close: async () => undefined,
    };
  },
};

const OPTIONS: Record<string, ContractOptions> = {
  timer: {
    refused: [
      { every: "5" },
      { every: "0s" },
      { every: "1s", cron: "* * * * *" },
      { cron: "every day" },
      { at: "tomorrow" },
      { at: "2030-99-01T00:00Z" },
      { every: "1s", timezone: "Mars/Olympus" },
      { payloadFrom: "payload.x" },
      { tick: 1 },
    ],
  },
  script: {
    refused: [{ code: "syntax error" }, { timeout: "long" }, { memoryMb: 1 }, { env: ["A B"] }],
    failing: { port: "in", bad: "bad", good: 1 },
  },
  switch: {
    refused: [
      { rules: [{ port: "a", when: { above: 3 } }] },
      { rules: [{ port: "a", when: { matches: "(" } }] },
      { rules: [{ port: "a", when: { any: { gt: 1 } } }] },
      { rules: [{ port: "a", when: { not: 5 } }] },
      { rules: [{ port: "a b", when: {} }] },
      { path: "paylod.x" },
      { path: "payload.__proto__" },
    ],
  },
  change: {
    refused: [
      { rules: [{ action: "set", path: "payload.x" }] },
      { rules: [{ action: "move", path: "payload.x" }] },
      { rules: [{ action: "replace", path: "payload.x", value: 1 }] },
      { rules: [{ action: "set", path: "id", value: 1 }] },
      { rules: [{ action: "set", path: "flow", value: 1 }] },
    ],
  },
  template: {
    refused: [{ template: "{{#open}}" }, { path: "topic" }, { output: "yaml" }],
    failing: {
      port: "in",
      bad: "say",
      good: 5,
      config: { template: "{{payload}}", output: "json" },
    },
  },
  filter: {
    refused: [{ mode: "sometimes" }, { band: -1 }, { path: "x" }],
    failing: { port: "in", bad: "warm", good: 21, config: { mode: "dead-band" } },
  },
  delay: {
    refused: [{ delay: "5" }, { mode: "random", min: "5s", max: "1s" }, { rate: 0 }],
    failing: {
      port: "in",
      bad: { payload: 1, attributes: { rate: "x" } },
      good: 2,
      config: { mode: "rate" },
    },
  },
  split: {
    refused: [{ path: "attributes.x" }, { chunk: 0 }],
    failing: { port: "in", bad: 5, good: [1], config: {} },
  },
  join: {
    refused: [{ build: "pile" }, { timeout: "soon" }],
    failing: {
      port: "in",
      bad: 5,
      good: { payload: 1, attributes: { "parts.id": "a", "parts.count": "1" } },
      config: {},
    },
  },
  debug: { refused: [{ to: ["paper"] }, { show: "path", path: "here" }] },
  catch: { refused: [{ nodes: "mailer" }] },
  status: { refused: [{ levels: ["loud"] }] },
  publish: {
    refused: [{}, { topic: "" }, { topicFrom: "reply" }],
    failing: {
      port: "in",
      bad: 1,
      good: { payload: 1, attributes: { to: "/x" } },
      config: { topicFrom: "attributes.to" },
    },
  },
  subscribe: { refused: [{}, { topic: "x", format: "yaml" }] },
};

for (const definition of definitions) {
  describe(definition.type, () => {
    for (const { name, run } of nodeContract(definition, {
      scripts,
      nextCron,
      ...OPTIONS[definition.type],
    })) {
      it(name, run);
    }
  });
}
