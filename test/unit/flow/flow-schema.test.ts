// flow.schema.json: what editors of text are helped by.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import schema from "../../../engine/flow/flow.schema.json" with { type: "json" };
import { LIMITS } from "../../../engine/flow/index.ts";
import { sound } from "./fixture.ts";

type Schema = { [keyword: string]: unknown };
const isSchema = (value: unknown): value is Schema => value !== null && typeof value === "object";

/** Every field of every object, with whether a text editor can describe it. */
function fields(part: unknown, path = ""): [string, boolean][] {
  if (!isSchema(part)) return [];
  return Object.entries(part).flatMap(([key, value]) => {
    const own = key === "properties" && isSchema(value) ? Object.entries(value) : [];
    const described = own.map(([name, field]): [string, boolean] => [`${path}/${name}`, isDescribed(field)]);
    return [...described, ...fields(value, `${path}/${key}`)];
  });
}

function isDescribed(field: unknown): boolean {
  if (!isSchema(field)) return false;
  const name = typeof field.$ref === "string" ? field.$ref.replace("#/definitions/", "") : undefined;
  const target = name === undefined ? undefined : (schema.definitions as Schema)[name];
  return (
    typeof field.description === "string" || (isSchema(target) && typeof target.description === "string")
  );
}

describe("the schema of flows", () => {
  it("is a valid schema that takes a sound flow", () => {
    const validate = new Ajv({ strict: false }).compile(schema);
    expect([validate(sound), validate.errors]).toEqual([true, null]);
  });

  it("describes every field", () => {
    const undescribed = fields(schema).filter(([, described]) => !described);
    expect(undescribed.map(([path]) => path)).toEqual([]);
  });

  it("allows as many packages as the sentence says", () => {
    expect([schema.properties.packages.maxItems, LIMITS.types]).toEqual([100, 500]);
  });
});
