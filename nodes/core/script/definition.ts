// A node type that is scripted in a flow: its definition made of what the flow's `types` entry says.
import { type AnyNodeDefinition, Failure, RESERVED_PORTS, type Running } from "@millrace/sdk";
import { DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT } from "./limits.ts";
import { startScript } from "./runner.ts";

export interface ScriptedType {
  readonly type: string;
  readonly title?: string;
  readonly summary?: string;
  readonly icon?: string;
  readonly color?: string;
  /** JSON Schema of the config: of the whole object, or of its properties by name. */
  readonly config?: unknown;
  /** JSON Schema of the payload, by port. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** TypeScript, as for the script node. */
  readonly code: string;
  /** Where the code stands, shown in error places: `main.to-fahrenheit.ts`, or `main/to-fahrenheit`. */
  readonly origin: string;
}

/**
 * The definition. A script with several inputs finds the port in `message.port`. Throws a Failure for port names
 * that a node cannot have.
 */
export function scriptedDefinition(scripted: ScriptedType): AnyNodeDefinition {
  const inputs = portsOf(scripted.inputs);
  const outputs = portsOf(scripted.outputs);
  const ports = Object.keys(inputs);
  for (const port of [...ports, ...Object.keys(outputs)]) {
    if (!RESERVED_PORTS.has(port)) continue;
    throw new Failure(
      `"${port}" cannot be a port of "${scripted.type}": the name is reserved. Choose another one.`,
      {
        code: "script/reserved-port",
        retry: false,
      },
    );
  }
  return {
    type: scripted.type,
    title: scripted.title ?? scripted.type,
    summary: scripted.summary ?? "Scripted in this flow.",
    category: "flow-types",
    icon: scripted.icon ?? "code",
    ...(scripted.color && { color: scripted.color }),
    config: configSchema(scripted.config),
    inputs,
    outputs,
    timeoutMs: 0,
    async start(context) {
      const script = await startScript(context, {
        name: scripted.origin,
        code: scripted.code,
        config: context.config,
        outputs: [...Object.keys(outputs), "error"],
        timeout: DEFAULT_TIMEOUT,
        memoryMb: DEFAULT_MEMORY_MB,
        env: [],
      });
      const handlers = ports.map(
        (port) => [port, script.handler(ports.length > 1 ? port : undefined)] as const,
      );
      return { ...Object.fromEntries(handlers), close: () => script.close() } as Running;
    },
  };
}

function portsOf(ports: ScriptedType["inputs"] = {}): Record<string, object> {
  return Object.fromEntries(
    Object.entries(ports).map(([port, schema]) => [
      port,
      isObject(schema) ? schema : schema === false ? { not: {} } : {},
    ]),
  );
}

/** A schema that names no type lists the properties. */
function configSchema(config: unknown): object {
  if (!isObject(config)) return { type: "object", properties: {} };
  const isWhole = typeof config.type === "string" || isObject(config.properties) || "$ref" in config;
  if (isWhole) return config;
  return { type: "object", properties: config };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
