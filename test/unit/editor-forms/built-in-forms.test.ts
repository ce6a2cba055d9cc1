// Every built-in node can be configured by its form: no setting ends as something rjsf cannot show.
import { expect, test } from "vitest";
import { formSchema } from "../../../editor/inspector/form/form-schema.ts";
import core from "../../../nodes/core/index.ts";
import network from "../../../nodes/network/index.ts";

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Paths of what has neither a field of ours nor a type that rjsf has an input for. */
function unshown(schema: unknown, hints: unknown, path: string): string[] {
  if (!isPlain(schema)) return [path];
  if (isPlain(hints) && "ui:field" in hints) return [];
  const below = (child: unknown, name: string) =>
    unshown(child, isPlain(hints) ? hints[name] : undefined, `${path}/${name}`);
  const parts = ["anyOf", "allOf"].flatMap((keyword) =>
    Array.isArray(schema[keyword]) ? schema[keyword] : [],
  );
  switch (schema.type) {
    case "string":
    case "number":
    case "integer":
      return [];
    case "array":
      return below(schema.items, "items");
    case "object": {
      const properties = Object.entries(isPlain(schema.properties) ? schema.properties : {});
      return [
        ...properties.flatMap(([name, child]) => below(child, name)),
        ...(properties.length + parts.length > 0 ? [] : [path]),
      ];
    }
    default:
      return [path];
  }
}

const empty = (config: unknown) => isPlain(config) && Object.keys(config.properties ?? {}).length === 0;

test.each(
  [...core, ...network]
    .filter(({ config }) => !empty(config))
    .map(({ type, config }) => [type, config] as const),
)("%s", (_type, config: unknown) => {
  const { schema, hints } = formSchema(JSON.parse(JSON.stringify(config)), undefined);
  expect(unshown(schema, hints, "")).toEqual([]);
});
