// What the checks need to know of a node type, wherever it comes from: a package, or the flow itself.
import type { AnyNodeDefinition } from "@millrace/sdk";
import type { JsonSchema } from "./document.ts";
import { isFields, type OutlineType } from "./outline.ts";

export interface NodeShape {
  readonly type: string;
  readonly category: string;
  readonly config: JsonSchema;
  readonly inputs: ReadonlyMap<string, JsonSchema>;
  /** Without the implicit `error`, and without those that the config names. */
  readonly outputs: ReadonlyMap<string, JsonSchema>;
  readonly outputsFrom: readonly string[];
  readonly openOutputs: boolean;
  /** Its schemas come from a flow, not from a package. */
  readonly scripted: boolean;
}

const shapes = new WeakMap<AnyNodeDefinition, NodeShape>();

export function shapeOfDefinition(definition: AnyNodeDefinition): NodeShape {
  const known = shapes.get(definition);
  if (known) return known;
  const shape: NodeShape = {
    type: definition.type,
    category: definition.category,
    config: definition.config,
    inputs: new Map(Object.entries(definition.inputs)),
    outputs: new Map(Object.entries(definition.outputs)),
    outputsFrom: definition.outputsFrom ?? [],
    openOutputs: definition.openOutputs === true,
    scripted: false,
  };
  shapes.set(definition, shape);
  return shape;
}

export function shapeOfFlowType(type: OutlineType): NodeShape {
  return {
    type: type.name,
    category: "flow",
    config: configSchema(type.config),
    inputs: type.inputs,
    outputs: type.outputs,
    outputsFrom: [],
    openOutputs: false,
    scripted: true,
  };
}

/** The schema of a flow type's config: a whole schema as it is, otherwise the given fields, none of them required. */
export function configSchema(config: JsonSchema): JsonSchema {
  if (!isFields(config)) return config === false ? { type: "object", properties: {} } : { type: "object" };
  const isWhole =
    typeof config.type === "string" ||
    isFields(config.properties) ||
    ["$ref", "allOf", "anyOf", "oneOf"].some(
      (keyword) => typeof config[keyword] === "string" || Array.isArray(config[keyword]),
    );
  return isWhole ? config : { type: "object", properties: config };
}

/** The outputs that the config names, by the type's `outputsFrom`. */
export function outputsNamedBy(config: unknown, paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    let values: unknown[] = [config];
    for (const step of path.split(".")) {
      const key = step.replace(/\[\]$/, "");
      values = values.flatMap((value) => (isFields(value) && Object.hasOwn(value, key) ? [value[key]] : []));
      if (step.endsWith("[]"))
        values = values.flatMap((value): unknown[] => (Array.isArray(value) ? value : []));
    }
    return values.filter((value) => typeof value === "string" && value !== "");
  }) as string[];
}
