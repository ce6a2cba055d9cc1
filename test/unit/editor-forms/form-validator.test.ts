// The form's validator: faults at the field they belong to, said in sentences, without generated code.
import { expect, test } from "vitest";
import { createFormValidator, validate } from "../../../editor/inspector/form/form-validator.ts";

const faults = (schema: unknown, value: unknown) =>
  validate(schema, value).map((error) => [error.property, error.message]);

test("a valid value has no faults, and keys that hold undefined count as absent", () => {
  const schema = {
    type: "object",
    required: ["a"],
    properties: { a: { type: "number" }, b: { type: "string" } },
  };
  expect(faults(schema, { a: 1, b: undefined })).toEqual([]);
});

test("a missing property is a fault of that property, not of what contains it", () => {
  const schema = { type: "object", properties: { to: { type: "object", required: ["host.name"] } } };
  expect(faults(schema, { to: {} })).toEqual([['["to"]["host.name"]', "This is needed."]]);
});

test.each([
  [{ type: "number" }, "x", "Must be a number."],
  [{ type: ["integer", "null"] }, "x", "Must be an integer or nothing."],
  [{ enum: ["a", "b"] }, "c", 'Must be one of "a", "b".'],
  [{ const: 1 }, 2, "Must be 1."],
  [{ pattern: "^a$" }, "b", "Is not written in the form that is expected here."],
  [{ format: "email" }, "b", "Must be a valid email."],
  [{ minimum: 2 }, 1, "Must be at least 2."],
  [{ exclusiveMaximum: 0.5 }, 1, "Must be less than 0.5."],
  [{ multipleOf: 5 }, 7, "Must be a multiple of 5."],
  [{ minLength: 3 }, "ab", "Needs at least 3 characters."],
  [{ type: "array", minItems: 1 }, [], "Needs at least 1 entries."],
  [{ uniqueItems: true }, [1, 1], "Each entry may stand here only once."],
])("%j on %j says: %s", (schema, value, message) => {
  expect(faults({ properties: { field: schema } }, { field: value })).toEqual([['["field"]', message]]);
});

test("an unknown property is a fault only where the schema allows no others", () => {
  expect(faults({ additionalProperties: false }, { a: 1 })).toEqual([[".", '"a" is not known here.']]);
  expect(faults({ additionalProperties: { type: "string" } }, { a: 1 })).toEqual([
    ['["a"]', "Must be a string."],
  ]);
});

test("of alternatives the one that fits best speaks, or all of them together", () => {
  const number = {
    type: "object",
    required: ["kind"],
    properties: { kind: { const: "n" }, value: { type: "number" } },
  };
  const text = { type: "object", required: ["kind", "text"], properties: { kind: { const: "t" } } };
  expect(faults({ anyOf: [number, text] }, { kind: "n", value: "x" })).toEqual([
    ['["value"]', "Must be a number."],
  ]);
  expect(faults({ anyOf: [{ type: "string" }, { type: "number" }] }, true)).toEqual([
    [".", "Fits none of the forms that are allowed here."],
  ]);
});

test("conditions are followed to the field", () => {
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword
  const schema = { if: { required: ["a"] }, then: { properties: { b: { type: "string" } } } };
  expect(faults(schema, { a: 1, b: 2 })).toEqual([['["b"]', "Must be a string."]]);
});

test("the adapter gives rjsf its error tree, and judges parts of a schema with the root's definitions", () => {
  const validator = createFormValidator();
  const schema = {
    type: "object" as const,
    properties: { a: { type: "array" as const, items: { type: "number" as const } } },
  };
  const data = validator.validateFormData({ a: [1, "x"] }, schema);
  expect(data.errorSchema).toEqual({ a: { 1: { __errors: ["Must be a number."] } } });
  const root = { $defs: { id: { type: "string" as const, $id: "same" } } };
  expect(validator.isValid({ properties: { a: { $ref: "#/$defs/id" } } }, { a: "x" }, root)).toBe(true);
  expect(validator.isValid({ properties: { a: { $ref: "#/$defs/id" } } }, { a: 1 }, root)).toBe(false);
});

test("a check of the form itself is added to what the schema says", () => {
  const validator = createFormValidator();
  const data = validator.validateFormData({ a: 1 }, { type: "object" }, (_data, errors) => {
    errors.a?.addError("No.");
    return errors;
  });
  expect(data.errorSchema).toMatchObject({ a: { __errors: ["No."] } });
});
