// Which outputs can be wired to which inputs, and what is said when not.
import { describe, expect, it } from "vitest";
import { choices } from "../../../editor/canvas/choices.ts";
import { incompatibility } from "../../../editor/document/compatible.ts";
import { fittingPort, topicVerdict, verdicts } from "../../../editor/document/linking.ts";
import type { JsonSchema } from "../../../engine/admin/api.ts";
import { catalogueOf, draftOf, typeOf } from "./flows.ts";

const ends = { giver: "thermometer", taker: "convert" };
const celsius = { type: "object", required: ["celsius"], properties: { celsius: { type: "number" } } };

describe("two ports", () => {
  const fit: [string, JsonSchema, JsonSchema][] = [
    ["anything into anything", {}, true],
    ["anything into something", {}, celsius],
    ["something into anything", celsius, {}],
    ["the same", celsius, celsius],
    ["an integer into a number", { type: "integer" }, { type: "number" }],
    ["a number into an integer, which it may be", { type: "number" }, { type: "integer" }],
    ["one of two types that fits", { type: ["string", "null"] }, { type: "string" }],
    ["an object that may hold more", { type: "object", properties: {}, additionalProperties: true }, celsius],
    ["an object of which nothing is known", { type: "object" }, celsius],
    ["a choice of which one fits", { anyOf: [{ type: "string" }, { type: "number" }] }, { type: "number" }],
    [
      "something that fits one of the choices",
      { type: "number" },
      { oneOf: [{ type: "string" }, { type: "number" }] },
    ],
    ["a value that is allowed", { const: "on" }, { enum: ["on", "off"] }],
    [
      "an optional field of another type",
      { properties: { x: { type: "string" } } },
      { properties: { x: { type: "number" } } },
    ],
    ["a schema that refers elsewhere", { $ref: "https://example.org/s" }, celsius],
    ["a schema that refers to itself", { $ref: "#" }, celsius],
  ];
  it.each(fit)("fit: %s", (_, given, taken) => {
    expect(incompatibility(given, taken, ends)).toBe(null);
  });

  const refused: [string, JsonSchema, JsonSchema, string][] = [
    [
      "a required property is not given",
      { type: "object", properties: { fahrenheit: {} } },
      celsius,
      '"celsius" is required by "convert", not given by "thermometer".',
    ],
    [
      "a property inside is not given",
      { properties: { at: { properties: { x: {} } } }, required: ["at"] },
      { properties: { at: { required: ["y"] } }, required: ["at"] },
      '"at.y" is required by "convert", not given by "thermometer".',
    ],
    [
      "the types differ",
      { type: "string" },
      { type: ["object", "null"] },
      'The payload is a string from "thermometer", but "convert" takes an object or null.',
    ],
    [
      "a property has another type",
      { ...celsius, properties: { celsius: { type: "string" } } },
      celsius,
      '"celsius" is a string from "thermometer", but "convert" takes a number.',
    ],
    [
      "the items have another type",
      { type: "array", items: { type: "string" } },
      { type: "array", items: { type: "number" } },
      '"[]" is a string from "thermometer", but "convert" takes a number.',
    ],
    [
      "no value is allowed",
      { enum: ["a", "b"] },
      { enum: ["c"] },
      'The payload is never one of "c", which "convert" takes.',
    ],
    [
      "no choice fits",
      { type: "boolean" },
      { anyOf: [{ type: "string" }, { type: "number" }] },
      'The payload is a boolean from "thermometer", but "convert" takes a string.',
    ],
    [
      "a local reference leads to another type",
      { $ref: "#/$defs/text", $defs: { text: { type: "string" } } },
      { type: "number" },
      'The payload is a string from "thermometer", but "convert" takes a number.',
    ],
  ];
  it.each(refused)("are refused: %s", (_, given, taken, sentence) => {
    expect(incompatibility(given, taken, ends)).toBe(sentence);
  });
});

describe("a wire being drawn", () => {
  const types = catalogueOf(
    typeOf("thermometer", { outputs: { out: celsius } }),
    typeOf("text", { outputs: { out: { type: "string" } } }),
    typeOf("convert", { inputs: { in: celsius }, outputs: { out: {} } }),
  );
  const draft = draftOf({
    topics: { t: {}, typed: { schema: { type: "string" } } },
    nodes: {
      a: { type: "thermometer", outputs: { out: ["t"] } },
      b: { type: "text" },
      c: { type: "convert", inputs: { in: ["t"] } },
      d: { type: "convert", title: "Second" },
    },
  });

  it("fits inputs of the right type, and not twice the same", () => {
    const found = verdicts(draft, types, { kind: "output", ref: { node: "a", port: "out" } });
    expect(found.get("d")).toEqual({ inputs: { in: null }, outputs: {} });
    expect(found.get("c")?.inputs.in).toBe('"convert" reads "t" already.');
    expect(found.get("b")).toEqual({ inputs: {}, outputs: {} });
  });

  it("drawn backwards fits outputs", () => {
    const found = verdicts(draft, types, { kind: "input", ref: { node: "d", port: "in" } });
    expect(found.get("a")?.outputs.out).toBe(null);
    expect(found.get("b")?.outputs.out).toBe(
      'The payload is a string from "text", but "Second" takes an object.',
    );
  });

  it("minds the schema of the topic it goes through", () => {
    const found = topicVerdict(draft, types, { kind: "output", ref: { node: "b", port: "out" } }, "t");
    expect(found).toBe('The payload is a string from "text", but "convert" takes an object.');
    expect(topicVerdict(draft, types, { kind: "topic-reader", topic: "t" }, "typed")).toContain(
      "Put a node between",
    );
  });

  it("into the empty offers types with a port that fits", () => {
    const origin = { kind: "output", ref: { node: "b", port: "out" } } as const;
    const offered = [...types.values()].filter((info) => fittingPort(draft, types, origin, info) !== null);
    expect(offered).toEqual([]);
    const fromA = { kind: "output", ref: { node: "a", port: "out" } } as const;
    expect(fittingPort(draft, types, fromA, types.get("convert") ?? typeOf("x"))).toBe("in");
  });
});

describe("quick-add", () => {
  const types = catalogueOf(
    typeOf("debug", { title: "Debug", inputs: { in: {} } }),
    typeOf("timer", { title: "Timer" }),
  );
  const draft = draftOf({
    topics: { debugging: {}, "/alert": {} },
    nodes: { a: { type: "timer" }, b: { type: "debug", inputs: { in: ["debugging"] } } },
  });
  const shown = (found: ReturnType<typeof choices>) =>
    found.map((choice) =>
      choice.kind === "type" ? choice.info.type : `${choice.isNew ? "+" : ""}${choice.name}`,
    );

  it("offers types, topics whose name is typed, and a new topic", () => {
    expect(shown(choices(draft, types, null, ""))).toEqual(["debug", "timer"]);
    expect(shown(choices(draft, types, null, "debug"))).toEqual(["debug", "debugging", "+debug"]);
    expect(shown(choices(draft, types, null, "/al"))).toEqual(["/alert", "+/al"]);
    expect(shown(choices(draft, types, null, "two words"))).toEqual([]);
  });

  it("after a wire into the empty offers only what can be its end", () => {
    const origin = { kind: "input", ref: { node: "b", port: "in" } } as const;
    expect(shown(choices(draft, types, origin, "debug"))).toEqual(["+debug"]);
    expect(shown(choices(draft, types, { kind: "topic-reader", topic: "/alert" }, "de"))).toEqual(["debug"]);
  });
});
