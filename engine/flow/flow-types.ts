// Node types scripted in the flow itself, lowered to what the script node's package can make a definition of.
import { type AnyNodeDefinition, RESERVED_PORTS } from "@millrace/sdk";
import type { JsonSchema } from "./document.ts";
import { configSchema } from "./node-shape.ts";
import type { OutlineType } from "./outline.ts";
import { fileKey, isFileReference } from "./references.ts";

/** What a definition of a scripted type is made of. */
export interface ScriptedOptions {
  readonly type: string;
  readonly title: string;
  readonly summary: string;
  readonly icon?: string;
  readonly color?: string;
  /** A whole schema of type object. */
  readonly config: JsonSchema;
  readonly inputs: Readonly<Record<string, JsonSchema>>;
  readonly outputs: Readonly<Record<string, JsonSchema>>;
  /** TypeScript. */
  readonly code: string;
  /** Names the code in errors: its file, or `<flow>/<type>`. */
  readonly origin: string;
}

/** Makes a definition that runs the code; the core nodes have one (`scriptedDefinition`). */
export type Scripted = (options: ScriptedOptions) => AnyNodeDefinition;

/** Undefined when its code is not there. */
export function lowerFlowType(
  flow: string,
  type: OutlineType,
  files: Readonly<Record<string, string>>,
): ScriptedOptions | undefined {
  const file =
    isFileReference(type.code) && typeof type.code.$file === "string" ? fileKey(type.code.$file) : undefined;
  const inline = typeof type.code === "string" ? type.code : undefined;
  const code = file !== undefined && Object.hasOwn(files, file) ? files[file] : inline;
  if (typeof code !== "string") return undefined;
  return {
    type: type.name,
    title: type.title ?? type.name,
    summary: type.summary ?? `A type of the flow "${flow}".`,
    ...(type.icon !== undefined && { icon: type.icon }),
    ...(type.color !== undefined && { color: type.color }),
    config: configSchema(type.config),
    inputs: usable(type.inputs),
    outputs: usable(type.outputs),
    code,
    origin: file ?? `${flow}/${type.name}`,
  };
}

/** Without ports whose names are reserved, which validateFlow refuses. */
function usable(ports: ReadonlyMap<string, JsonSchema>): Record<string, JsonSchema> {
  return Object.fromEntries([...ports].filter(([port]) => !RESERVED_PORTS.has(port)));
}
