// What can never agree, and all that may.
import { Type } from "@millrace/sdk";
import { describe, expect, it } from "vitest";
import { findMismatch, type JsonSchema } from "../../../engine/flow/index.ts";

type Schema = object | boolean;
const mismatch = (from: Schema, to: Schema) => findMismatch(from as JsonSchema, to as JsonSchema);

const reading = Type.Object({ celsius: Type.Number(), at: Type.Optional(Type.String()) });

describe("schemas that can never agree", () => {
  it.each<[string, Schema, Schema, object]>([
    [
      "a field that is not given",
      Type.Object({ kelvin: Type.Number() }),
      reading,
      { kind: "missing", field: "celsius" },
    ],
    [
      "a field that is not given further in",
      Type.Object({ sensor: Type.Object({ id: Type.String() }) }),
      Type.Object({ sensor: reading }),
      { kind: "missing", field: "sensor.celsius" },
    ],
    [
      "a text for a number",
      { type: "string" },
      { type: "number" },
      { kind: "type", field: "", gives: "a text", needs: "a number" },
    ],
    [
      "a field of another type",
      Type.Object({ celsius: Type.String() }),
      reading,
      { kind: "type", field: "celsius", gives: "a text", needs: "a number" },
    ],
    [
      "entries of another type",
      Type.Array(Type.String()),
      Type.Array(Type.Boolean()),
      { kind: "type", field: "[]", gives: "a text", needs: "true or false" },
    ],
    [
      "words that are not allowed",
      { enum: ["a", "b"] },
      { const: "c" },
      { kind: "type", field: "", gives: '"a" or "b"', needs: '"c"' },
    ],
    [
      "a union of which no branch fits",
      Type.Union([Type.String(), Type.Null()]),
      reading,
      { kind: "type", field: "", gives: "a text", needs: "an object" },
    ],
    [
      "a reference to a type that does not fit",
      { $ref: "#/$defs/t", $defs: { t: { type: "string" } } },
      { type: "array" },
      { kind: "type", field: "", gives: "a text", needs: "a list" },
    ],
    [
      "all of several schemas together",
      { allOf: [{ type: "object" }, { properties: { a: {} } }] },
      { required: ["b"], type: "object" },
      { kind: "missing", field: "b" },
    ],
    [
      "nothing at all beside a requirement",
      { type: "object", additionalProperties: false },
      reading,
      { kind: "missing", field: "celsius" },
    ],
  ])("are %s", (_, from, to, reason) => {
    expect(mismatch(from, to)).toEqual(reason);
  });
});

describe("schemas that may agree", () => {
  it.each<[string, Schema, Schema]>([
    ["nothing known of the giver", {}, reading],
    ["nothing asked by the taker", reading, {}],
    ["any object", { type: "object" }, reading],
    ["an object with no fields listed", Type.Object({}), reading],
    ["a field that is sometimes given", Type.Object({ celsius: Type.Optional(Type.Number()) }), reading],
    ["a field that is required but not described", { type: "object", required: ["celsius"] }, reading],
    [
      "further fields by any name",
      { ...Type.Object({ a: Type.String() }), additionalProperties: true },
      reading,
    ],
    [
      "fields by pattern",
      { type: "object", properties: { a: {} }, patternProperties: { "^c": {} } },
      reading,
    ],
    [
      "fields by condition",
      { type: "object", properties: { a: {} }, if: {}, else: { required: ["celsius"] } },
      reading,
    ],
    ["a whole number for a number", { type: "integer" }, { type: "number" }],
    ["a union of which one branch fits", Type.Union([Type.String(), reading]), reading],
    ["a taker of several kinds", { type: "string" }, Type.Union([reading, Type.String()])],
    [
      "an optional field of another type",
      Type.Object({ a: Type.Optional(Type.String()) }),
      Type.Object({ a: Type.Optional(Type.Number()) }),
    ],
    ["booleans", true, false],
    ["a reference that leads nowhere", { $ref: "#/nope" }, reading],
    ["a schema that refers to itself", { $ref: "#" }, reading],
  ])("are %s", (_, from, to) => {
    expect(mismatch(from, to)).toBeUndefined();
  });

  it("are those too tangled to follow", () => {
    let tangled: Schema = { type: "string" };
    for (let level = 0; level < 40; level++)
      tangled = { anyOf: [tangled, tangled, { properties: { a: tangled } }] };
    expect(mismatch(tangled, reading)).toBeUndefined();
  });
});
