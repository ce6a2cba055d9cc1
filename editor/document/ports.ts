// Which ports a node shows: those of its type, those its config names, those that are wired although unknown.
import type { JsonSchema, NodeDocument, NodeTypeInfo } from "../../engine/admin/api.ts";
import { isPlain } from "./changes.ts";

export interface Port {
  readonly name: string;
  readonly schema: JsonSchema;
  /** False: wired, but the type has no such port. */
  readonly known: boolean;
}

export interface Ports {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** The output that every node has without declaring it. */
export const ERROR_PORT = "error";

/** Ports in the order of the type, then of the config, then of the wires. `error` is not among them unless declared. */
export function portsOf(node: NodeDocument, type: NodeTypeInfo | undefined): Ports {
  const inputs = named(type?.inputs ?? {});
  const outputs = named(type?.outputs ?? {});
  for (const path of type?.outputsFrom ?? []) {
    for (const name of namesAt(node.config, path)) add(outputs, { name, schema: true, known: true });
  }
  for (const name of Object.keys(node.inputs ?? {})) add(inputs, { name, schema: true, known: false });
  for (const name of Object.keys(node.outputs ?? {})) {
    if (name !== ERROR_PORT) add(outputs, { name, schema: true, known: type?.openOutputs ?? false });
  }
  return { inputs: [...inputs.values()], outputs: [...outputs.values()] };
}

function named(schemas: Readonly<Record<string, JsonSchema>>): Map<string, Port> {
  return new Map(Object.entries(schemas).map(([name, schema]) => [name, { name, schema, known: true }]));
}

function add(ports: Map<string, Port>, port: Port): void {
  if (!ports.has(port.name)) ports.set(port.name, port);
}

/** The strings that a path such as `rules[].port` finds in a config. */
export function namesAt(config: unknown, path: string): string[] {
  const steps = path.split(".").flatMap((step) => (step.endsWith("[]") ? [step.slice(0, -2), "[]"] : [step]));
  let values: unknown[] = [config];
  for (const step of steps) {
    values = values.flatMap((value) => {
      if (step === "[]") return Array.isArray(value) ? value : [];
      if (step === "") return [value];
      return isPlain(value) && Object.hasOwn(value, step) ? [value[step]] : [];
    });
  }
  return values.filter((value): value is string => typeof value === "string" && value !== "");
}
