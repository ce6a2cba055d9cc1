// JSON Schema as TypeScript: what completion in scripts offers rests on it.
import { expect, test } from "vitest";
import { schemaToType } from "../../../editor/script/schema-type.ts";

test("an object's properties are optional unless required, and carry their descriptions", () => {
  const type = schemaToType({
    type: "object",
    required: ["celsius"],
    properties: {
      celsius: { type: "number", description: "Measured */ at\nnoon." },
      "at-place": { type: "string" },
    },
  });
  expect(type).toBe('{\n  /** Measured * / at noon. */\n  celsius: number;\n  "at-place"?: string;\n}');
});

test.each([
  [true, "unknown"],
  [{}, "unknown"],
  [false, "never"],
  [{ type: "integer" }, "number"],
  [{ type: ["string", "null"] }, "string | null"],
  [{ const: 3 }, "3"],
  [{ enum: ["a", "b", null] }, '"a" | "b" | null'],
  [{ anyOf: [{ const: "a" }, { type: "number" }] }, '"a" | number'],
  [{ anyOf: [{ type: "string" }, {}] }, "unknown"],
  [{ type: "array", items: { enum: ["a", "b"] } }, '("a" | "b")[]'],
  [{ type: "array" }, "unknown[]"],
  [
    { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], items: false },
    "[string, number]",
  ],
  [{ type: "object" }, "Record<string, unknown>"],
  [{ type: "object", additionalProperties: { type: "number" } }, "Record<string, number>"],
  [{ type: "object", patternProperties: { "^.*$": { type: "boolean" } } }, "Record<string, boolean>"],
  [{ type: "object", required: ["celsius"] }, "{\n  celsius: unknown;\n}"],
  [{ allOf: [{ type: "object", properties: { a: { type: "string" } } }, {}] }, "{\n    a?: string;\n  }"],
])("%j is %s", (schema, type) => {
  expect(schemaToType(schema)).toBe(type);
});

test("references inside the schema are followed, a schema that contains itself ends in unknown", () => {
  expect(schemaToType({ $ref: "#/$defs/id", $defs: { id: { type: "string" } } })).toBe("string");
  expect(schemaToType({ $ref: "elsewhere.json" })).toBe("unknown");
  const list = { $ref: "#/$defs/list", $defs: { list: { type: "array", items: { $ref: "#/$defs/list" } } } };
  expect(schemaToType(list)).toMatch(/^unknown(\[\])+$/);
});
