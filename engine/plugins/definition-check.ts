// Whether what a package exports is a node definition: all faults at once, in the words of who wrote it.
import { type AnyNodeDefinition, RESERVED_PORTS } from "@millrace/sdk";
import type { Problem } from "../base/errors/error.ts";
import { definitionBad, portReserved } from "../base/errors/plugins.ts";
import { isRecord, schemaFault } from "./schema-check.ts";

const TYPE_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const PORT_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const PLACEMENTS = new Set(["every", "one", "shards"]);
/** The implicit output of every node. */
const RESERVED_OUTPUTS: ReadonlySet<string> = new Set(["error"]);

export type CheckedDefinition =
  | { readonly definition: AnyNodeDefinition; readonly problems: readonly [] }
  | { readonly definition: undefined; readonly problems: readonly Problem[] };

export interface DefinitionPlace {
  /** Name of the package. */
  readonly package: string;
  /** Its place among the exports, from 0; shown when it has no type. */
  readonly index: number;
  readonly path: string;
  readonly file?: string;
}

export function checkDefinition(value: unknown, place: DefinitionPlace): CheckedDefinition {
  const { package: name, index, ...where } = place;
  if (!isRecord(value)) {
    const reason = "it is no object made with defineNode";
    return {
      definition: undefined,
      problems: [definitionBad.problem({ package: name, type: `#${index + 1}`, reason }, where)],
    };
  }
  const type = typeof value.type === "string" && value.type !== "" ? value.type : `#${index + 1}`;
  const problems = [
    ...faultsOf(value).map((reason) => definitionBad.problem({ package: name, type, reason }, where)),
    ...reservedPorts(value.inputs, RESERVED_PORTS, "inputs"),
    ...reservedPorts(value.outputs, RESERVED_OUTPUTS, "outputs"),
  ];
  if (problems.length > 0) return { definition: undefined, problems };
  return { definition: value as unknown as AnyNodeDefinition, problems: [] };

  function reservedPorts(ports: unknown, reserved: ReadonlySet<string>, kind: string): Problem[] {
    const names = isRecord(ports) ? Object.keys(ports) : [];
    return names
      .filter((port) => reserved.has(port))
      .map((port) =>
        portReserved.problem(
          { package: name, type, port: `${kind}.${port}`, reserved: [...reserved] },
          where,
        ),
      );
  }
}

function faultsOf(value: Record<string, unknown>): string[] {
  const faults: string[] = [];
  const fault = (reason: string | undefined | false) => {
    if (reason) faults.push(reason);
  };
  fault(
    !(typeof value.type === "string" && TYPE_NAME.test(value.type)) &&
      'its type must be lower-case words with dashes, like "my-node"',
  );
  for (const key of ["title", "summary", "category"]) {
    fault(!(typeof value[key] === "string" && value[key] !== "") && `it has no ${key}`);
  }
  fault(typeof value.start !== "function" && "it has no start function");
  fault(configFault(value.config));
  for (const kind of ["inputs", "outputs"]) fault(portsFault(value[kind], kind));
  fault(optionalFault(value));
  return faults;
}

function configFault(config: unknown): string | undefined {
  if (config === undefined) return "it has no config; write config: Type.Object({}) when there is none";
  const fault = schemaFault(config, "config");
  if (fault) return fault;
  const isObject = isRecord(config) && (config.type === "object" || config.type === undefined);
  return isObject ? undefined : "its config must be the schema of an object";
}

function portsFault(ports: unknown, kind: string): string | undefined {
  if (!isRecord(ports)) return `its ${kind} must be an object of ports and their schemas; {} for none`;
  for (const [port, schema] of Object.entries(ports)) {
    if (!PORT_NAME.test(port)) return `${kind} has a port "${port}"; use letters, digits, "-" and "_"`;
    const fault = schemaFault(schema, `${kind}.${port}`);
    if (fault) return fault;
  }
  return undefined;
}

function optionalFault(value: Record<string, unknown>): string | undefined {
  const { concurrency, timeoutMs, placement, outputsFrom, docs } = value;
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && (concurrency as number) >= 1)) {
    return "its concurrency must be a whole number from 1";
  }
  if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs >= 0)) {
    return "its timeoutMs must be a number from 0";
  }
  if (placement !== undefined && !PLACEMENTS.has(placement as string)) {
    return 'its placement must be "every", "one" or "shards"';
  }
  if (
    outputsFrom !== undefined &&
    !(Array.isArray(outputsFrom) && outputsFrom.every((path) => typeof path === "string"))
  ) {
    return "its outputsFrom must be an array of paths";
  }
  return docs !== undefined && typeof docs !== "string" ? "its docs must be text" : undefined;
}
