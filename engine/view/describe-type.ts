// A node type as the catalogue shows it.
import type { NodeTypeInfo } from "../admin/api.ts";
import type { JsonSchema } from "../flow/document.ts";
import type { RegisteredType } from "../plugins/index.ts";

const COLORS: Readonly<Record<string, string>> = {
  flow: "blue",
  function: "orange",
  sequence: "grape",
  network: "teal",
  storage: "cyan",
  bot: "pink",
  example: "gray",
};

export function describeType({ definition, package: from, version }: RegisteredType): NodeTypeInfo {
  const { type, title, summary, category } = definition;
  return {
    type,
    title,
    summary,
    category,
    icon: definition.icon ?? "box",
    color: definition.color ?? COLORS[category] ?? "gray",
    config: plain(definition.config),
    inputs: plain(definition.inputs),
    outputs: plain(definition.outputs),
    outputsFrom: definition.outputsFrom ?? [],
    openOutputs: definition.openOutputs ?? false,
    source: definition.manual === true,
    package: from,
    version,
    docs: definition.docs ?? "",
  };
}

/** TypeBox schemas carry symbols; what the editor gets is plain JSON Schema. */
function plain<T extends JsonSchema | Readonly<Record<string, JsonSchema>>>(schema: unknown): T {
  return JSON.parse(JSON.stringify(schema)) as T;
}
