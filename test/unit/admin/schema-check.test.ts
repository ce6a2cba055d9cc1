import { Type } from "@millrace/sdk";
import { describe, expect, it } from "vitest";
import { compileSchemaCheck } from "../../../engine/flow/check.ts";

describe("a check of a value says in sentences", () => {
  const cases: [string, object, unknown, string[]][] = [
    ["nothing about what is right", Type.Object({ a: Type.Integer() }), { a: 1 }, []],
    ["what is missing", Type.Object({ a: Type.Object({ b: Type.Any() }) }), { a: {} }, ['"a.b" is missing.']],
    [
      "what is not known",
      Type.Object({}, { additionalProperties: false }),
      { a: 1 },
      ['"a" is not known here.'],
    ],
    [
      "what has the wrong type, and where",
      Type.Array(Type.Object({ "a/b": Type.Integer() })),
      [{ "a/b": "x" }],
      ['"[0].a/b" is "x"; it must be an integer.'],
    ],
    ["which words are allowed", Type.Enum(["a", "b"]), "c", ['The value "c" must be one of "a", "b".']],
    ["what is too large", Type.Integer({ maximum: 3 }), 4, ["The value 4 must be <= 3."]],
    [
      "that none of several forms fits",
      Type.Union([Type.Null(), Type.Integer()]),
      "x",
      [
        'The value "x" must be null.',
        'The value "x" must be an integer.',
        'The value "x" has none of the forms that are allowed.',
      ],
    ],
  ];
  it.each(cases)("%s", (_name, schema, value, sentences) => {
    expect(compileSchemaCheck(schema as Record<string, unknown>)(value)).toEqual(sentences);
  });

  it("the first twenty things that are wrong, and no more", () => {
    const value = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 1]));
    expect(compileSchemaCheck({ additionalProperties: false })(value)).toHaveLength(20);
  });
});
