// What a node definition must say, and the sentence for each thing that is missing or wrong.
import { Type } from "@millrace/sdk";
import { describe, expect, it } from "vitest";
import { checkDefinition } from "../../../engine/plugins/definition-check.ts";

const good = {
  type: "my-node",
  title: "My node",
  summary: "Does something.",
  category: "test",
  config: Type.Object({
    every: Type.Optional(Type.String({ pattern: "^\\d+s$" })),
    mode: Type.Union([Type.Literal("a"), Type.Null()]),
  }),
  inputs: { in: Type.Unknown(), setUp: {} },
  outputs: { out: Type.Object({}), out_2: true },
  start() {},
};
const place = { package: "pack", index: 0, path: "/packages/0" };
const check = (changes: object) => checkDefinition({ ...good, ...changes }, place);

describe("a node definition", () => {
  it("passes as it is", () => {
    expect(check({})).toEqual({ definition: good, problems: [] });
    expect(
      check({ concurrency: 4, timeoutMs: 0, placement: "one", outputsFrom: ["rules[].port"] }).problems,
    ).toEqual([]);
  });

  it.each<[object, string]>([
    [{ type: "My Node" }, 'lower-case words with dashes, like "my-node"'],
    [{ title: "" }, "it has no title"],
    [{ summary: undefined }, "it has no summary"],
    [{ category: 3 }, "it has no category"],
    [{ start: "go" }, "it has no start function"],
    [{ config: undefined }, "it has no config"],
    [{ config: Type.String() }, "its config must be the schema of an object"],
    [{ config: { type: "objekt" } }, 'config.type is "objekt", which JSON Schema does not know'],
    [
      { config: { type: "object", properties: { a: { pattern: "(" } } } },
      "config.properties.a.pattern is no regular expression",
    ],
    [{ config: { type: "object", required: "a" } }, "config.required must be an array of names"],
    [{ config: { $ref: "http://example.org/x" } }, "config.$ref must point into the schema itself"],
    [{ config: { anyOf: [{}, 5] } }, "config.anyOf[1] must be a JSON Schema"],
    [{ inputs: ["in"] }, "its inputs must be an object of ports"],
    [{ outputs: { "a b": {} } }, 'outputs has a port "a b"'],
    [{ outputs: { out: { items: 4 } } }, "outputs.out.items must be a JSON Schema"],
    [{ concurrency: 0 }, "its concurrency must be a whole number from 1"],
    [{ timeoutMs: -1 }, "its timeoutMs must be a number from 0"],
    [{ placement: "all" }, 'its placement must be "every", "one" or "shards"'],
    [{ outputsFrom: "a" }, "its outputsFrom must be an array of paths"],
    [{ docs: 1 }, "its docs must be text"],
  ])("is refused with %o", (changes, sentence) => {
    const result = check(changes);
    expect(result.definition).toBeUndefined();
    expect(result.problems).toMatchObject([
      { code: "plugins/bad-definition", path: "/packages/0", message: expect.stringContaining(sentence) },
    ]);
  });

  it.each(["health", "close", "fire", "error"])("has no input called %s", (port) => {
    const result = check({ inputs: { [port]: {} } });
    expect(result.problems).toMatchObject([
      { code: "plugins/reserved-port", message: expect.stringContaining(`"inputs.${port}"`) },
    ]);
  });

  it("has no output called error: every node has one", () => {
    expect(check({ outputs: { error: {}, health: {} } }).problems).toMatchObject([
      { code: "plugins/reserved-port", message: expect.stringContaining('"outputs.error"') },
    ]);
  });

  it("is told of all its faults at once", () => {
    expect(check({ title: "", start: 1, inputs: { fire: {} } }).problems).toHaveLength(3);
  });

  it("is refused when its schema contains itself", () => {
    const config: Record<string, unknown> = { type: "object" };
    config.not = config;
    expect(check({ config }).problems).toMatchObject([
      { message: expect.stringContaining("contains itself") },
    ]);
  });

  it.each([null, 5, "x", [good]])("is an object, not %o", (value) => {
    expect(checkDefinition(value, { ...place, index: 1 }).problems).toMatchObject([
      { message: expect.stringContaining('Node type "#2" of package "pack"') },
    ]);
  });
});
