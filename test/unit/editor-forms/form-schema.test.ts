// What rjsf is given: every schema a node may have must end as something a person can fill in.
import { expect, test } from "vitest";
import { withoutDefaults } from "../../../editor/inspector/form/form-defaults.ts";
import { formSchema } from "../../../editor/inspector/form/form-schema.ts";
import { Duration, Type } from "../../../nodes/sdk/index.ts";

const field = (widget: string) => ({
  "ui:field": "value",
  "ui:fieldReplacesAnyOrOneOf": true,
  "ui:options": { widget },
});
// biome-ignore lint/suspicious/noTemplateCurlyInString: this is how a flow names its environment
const ENVIRONMENT = "${PORT}";

test("a widget is chosen by x-widget, at any depth, in lists and in conditions", () => {
  const text = { type: "string", "x-widget": "text" };
  const { hints } = formSchema(
    {
      type: "object",
      properties: {
        code: { type: "string", "x-widget": "code", "x-language": "typescript" },
        deep: { type: "object", properties: { text } },
        list: { type: "array", items: { type: "object", properties: { text } } },
        plain: { type: "string" },
      },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword
      allOf: [{ if: { required: ["plain"] }, then: { properties: { late: text } } }],
    },
    {},
  );
  expect(hints).toEqual({
    code: field("code"),
    deep: { text: field("text") },
    list: { items: { text: field("text") } },
    plain: {},
    late: field("text"),
  });
});

test("conditions stay, with their branches as forms", () => {
  const condition = {
    if: { properties: { a: { const: 1 } } },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword
    then: { required: ["b"], properties: { b: { type: "boolean" } } },
  };
  const { schema } = formSchema({ type: "object", properties: { a: { type: "number" } }, ...condition }, {});
  expect(schema).toEqual({
    type: "object",
    properties: { a: { type: "number", title: "A" } },
    if: condition.if,
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword
    then: { required: ["b"], properties: { b: { title: "B", type: "boolean", "x-widget": "boolean" } } },
  });
});

test("a duration of the SDK is a duration field with its default and check", () => {
  const { schema, hints } = formSchema(Type.Object({ every: Duration({ default: "1s" }) }), {});
  expect(hints).toEqual({ every: field("duration") });
  expect(schema).toMatchObject({
    properties: { every: { type: "string", default: "1s", pattern: expect.any(String) } },
  });
});

test("a union of constants is a choice, a union with null is the other part", () => {
  const color = Type.Union([Type.Literal("red"), Type.Literal("blue", { title: "Blue!" })], {
    title: "Color",
  });
  expect(formSchema(color, undefined)).toEqual({
    schema: {
      title: "Color",
      type: "string",
      oneOf: [
        { type: "string", const: "red", title: "red" },
        { type: "string", const: "blue", title: "Blue!" },
      ],
    },
    hints: {},
  });
  expect(formSchema(Type.Union([Type.Number(), Type.Null()]), 1).schema).toEqual({ type: "number" });
  expect(formSchema({ const: "only" }, undefined).schema).toEqual({ type: "string", enum: ["only"] });
});

test("a union of objects keeps its alternatives, named by what tells them apart", () => {
  const { schema, hints } = formSchema(
    Type.Union([
      Type.Object({ kind: Type.Literal("every"), every: Duration() }),
      Type.Object({ at: Type.String() }),
    ]),
    {},
  );
  expect(schema).toMatchObject({ type: "object", anyOf: [{ title: "every" }, { title: "at" }] });
  expect(hints).toEqual({ anyOf: [{ kind: {}, every: field("duration") }, { at: {} }] });
});

test.each([
  [{}, "json"],
  [true, "json"],
  [{ title: "Payload" }, "json"],
  [{ anyOf: [{ type: "string" }, { type: "object", properties: { a: {} } }] }, "json"],
  [{ type: ["string", "number"] }, "json"],
  [{ type: "object" }, "json"],
  [{ type: "object", additionalProperties: { type: "number" } }, "json"],
  [{ type: "object", additionalProperties: { type: "string" } }, "key-value"],
  [Type.Record(Type.String(), Type.String()), "key-value"],
  [{ type: "array" }, "json"],
  [{ type: "array", items: {} }, "json"],
  [{ type: "boolean", default: true }, "boolean"],
])("%j is edited as %s", (schema, widget) => {
  expect(formSchema(schema, undefined).hints).toEqual(field(widget));
});

test("definitions are put in place, a schema that contains itself ends as JSON", () => {
  const tree = {
    $defs: {
      tree: { type: "object", properties: { name: { type: "string" }, child: { $ref: "#/$defs/tree" } } },
    },
    $ref: "#/$defs/tree",
  };
  const { schema } = formSchema(tree, {});
  expect(schema).toMatchObject({ type: "object", properties: { name: { type: "string" } } });
  expect(JSON.stringify(schema)).toContain('"x-widget":"json"');
});

test("values that stand for others are kept out of the type's checks", () => {
  const schema = {
    type: "object",
    properties: {
      port: { type: "number", title: "Port" },
      host: { type: "string", pattern: "^[a-z.]+$" },
      password: { type: "string", minLength: 8 },
      code: { type: "string", "x-widget": "code", default: "return 1;" },
    },
  };
  const value = { port: ENVIRONMENT, host: ENVIRONMENT, password: { $secret: "p" }, code: { $file: "a.ts" } };
  const form = formSchema(schema, value);
  expect(form.schema.properties).toEqual({
    port: { title: "Port", "x-widget": "reference" },
    host: { title: "Host", type: "string" },
    password: { title: "Password", "x-widget": "reference" },
    code: { title: "Code", "x-widget": "code" },
  });
  expect(form.hints).toEqual({
    port: field("reference"),
    host: {},
    password: field("reference"),
    code: field("code"),
  });
});

test("what the form filled in by itself does not reach the flow, what was written stays and in its order", () => {
  const schema = {
    properties: {
      every: { type: "string", default: "1s" },
      count: { type: "number", default: 0 },
      nested: { type: "object", properties: { deep: { default: 1 }, other: {} } },
    },
    anyOf: [{ properties: { jitter: { default: "0s" } } }],
  };
  const before = { count: 0, extra: 1 };
  const after = {
    every: "1s",
    nested: { deep: 1 },
    extra: 1,
    count: 0,
    jitter: "0s",
    list: [],
    none: undefined,
  };
  expect(JSON.stringify(withoutDefaults(schema, before, after))).toBe('{"count":0,"extra":1}');
  expect(withoutDefaults(schema, before, { ...after, every: "2s", nested: { deep: 2 } })).toEqual({
    every: "2s",
    nested: { deep: 2 },
    count: 0,
    extra: 1,
  });
});

test("a property without a title is named by its words, and what has a default needs no answer", () => {
  const { schema } = formSchema(
    Type.Object({ startDelay: Type.String(), "x-y_z": Type.Number({ default: 1 }), URL: Type.String() }),
    {},
  );
  expect(schema).toMatchObject({
    required: ["startDelay", "URL"],
    properties: { startDelay: { title: "Start delay" }, "x-y_z": { title: "X y z" }, URL: { title: "URL" } },
  });
});

test("entries of lists lose what the form filled in, too", () => {
  const schema = {
    properties: { rules: { type: "array", items: { properties: { port: {}, on: { default: true } } } } },
  };
  const before = { rules: [{ port: "a" }, { port: "b", on: true }] };
  const after = { rules: [{ port: "a", on: true }, { port: "b", on: true }, { port: "c", on: true }, "x"] };
  expect(withoutDefaults(schema, before, after)).toEqual({
    rules: [{ port: "a" }, { port: "b", on: true }, { port: "c" }, "x"],
  });
});

test("entries of a list of texts carry the list's name for those who cannot see it", () => {
  const { hints } = formSchema(
    { type: "object", properties: { tags: { type: "array", items: { type: "string" } } } },
    {},
  );
  expect(hints).toEqual({ tags: { items: { "ui:options": { label: false, "aria-label": "Tags" } } } });
});
