// The node contract passes a good type and finds what is wrong with a bad one.
import { type AnyNodeDefinition, defineNode, Type } from "@millrace/sdk";
import { nodeContract } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";

const good = defineNode({
  type: "echo-back",
  title: "Echo",
  summary: "Sends back what it gets.",
  category: "example",
  icon: "repeat",
  docs: 'Says it again.\n\n```json\n{ "times": 2 }\n```\n',
  config: Type.Object({
    times: Type.Integer({ title: "Times", description: "How often.", default: 1, minimum: 1 }),
  }),
  inputs: { in: Type.Unknown() },
  outputs: { out: Type.Unknown() },
  start: ({ emit, config }) => ({
    async in(message) {
      if (message.payload === "bad") throw new Error("Nothing bad, please.");
      for (let round = 0; round < config.times; round++) await emit("out", message.payload);
    },
  }),
});

async function failures(definition: AnyNodeDefinition): Promise<string[]> {
  const options = { refused: [{ times: 0 }], failing: { port: "in", bad: "bad", good: 1 } };
  const failed: string[] = [];
  for (const { name, run } of nodeContract(definition, options)) {
    await run().catch(() => failed.push(name.slice(definition.type.length + 1)));
  }
  return failed;
}

describe("nodeContract", () => {
  it("passes a type that keeps it", async () => {
    expect(await failures(good)).toEqual([]);
  });

  it.each<[string, Partial<AnyNodeDefinition>]>([
    ["is described", { type: "Echo_Back" }],
    ["is described", { summary: "no sentence" }],
    ["has ports with good names and schemas", { outputs: { error: Type.Unknown() } }],
    ["has ports with good names and schemas", { outputs: { out: { check: () => true } } }],
    [
      "has a config schema that a form can be made of",
      { config: Type.Object({ times: Type.Integer({ default: 1, minimum: 1 }) }) },
    ],
    [
      "has a config schema that a form can be made of",
      {
        config: Type.Object({
          times: Type.Integer({ title: "T", description: "d", default: 0, minimum: 1 }),
        }),
      },
    ],
    ["shows an example config in its docs that is valid", { docs: '```json\n{ "times": 1.5 }\n```' }],
    [
      "starts with its example config and stops without leaving anything behind",
      { start: ({ clock }) => void clock.schedule(60_000, () => undefined) },
    ],
    [
      "stops twice, and while time passes, without harm",
      { start: ({ clock, emit }) => void clock.schedule(120_000, () => void emit("out", 1)) },
    ],
    [
      "stops while it works on a message",
      { start: ({ clock }) => ({ in: () => void clock.schedule(60_000, () => undefined) }) },
    ],
    [
      "has a config schema that a form can be made of",
      {
        config: Type.Object({
          list: Type.Array(Type.Object({ x: Type.String() }), { title: "L", description: "d" }),
        }),
      },
    ],
    ["fails a bad message alone, with a sentence", { start: () => ({ in: () => undefined }) }],
  ])("finds a type that breaks: %s (%#)", async (name, change) => {
    expect(await failures({ ...good, ...change })).toContain(name);
  });
});
