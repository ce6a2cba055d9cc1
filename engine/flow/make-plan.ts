// Makes the plan of a flow: everything resolved, with defaults, and fingerprints that say what must restart.
// Deterministic; never throws for a document, and leaves out what makes no sense (validateFlow says what that is).
import type { AnyNodeDefinition } from "@millrace/sdk";
import { compileConfig } from "./compilers.ts";
import { resolveConfig } from "./config.ts";
import type { FlowBundle } from "./document.ts";
import { lowerFlowType, type Scripted } from "./flow-types.ts";
import { measure } from "./measure.ts";
import { durationMs } from "./names.ts";
import { type NodeShape, shapeOfDefinition, shapeOfFlowType } from "./node-shape.ts";
import { type Outline, type OutlineNode, type OutlineWire, outlineFlow } from "./outline.ts";
import type { Plan, PlannedInput, PlannedNode, PlannedTopic, TypeRegistry } from "./plan.ts";
import { planTopics } from "./plan-topics.ts";
import { planRetry } from "./retry.ts";
import { stableHash } from "./stable-hash.ts";

export interface PlanOptions {
  /** The flow's name. */
  readonly name: string;
  readonly types: TypeRegistry;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Makes definitions of the flow's own types. */
  readonly scripted: Scripted;
  /** Text of .proto files that the bundle does not carry, by path. */
  readonly protoTexts?: Readonly<Record<string, string>>;
}

interface PlannedType {
  readonly definition: AnyNodeDefinition | undefined;
  readonly shape: NodeShape | undefined;
  readonly origin: string;
}

export function makePlan(bundle: FlowBundle, options: PlanOptions): Plan {
  const outline = outlineFlow(measure(bundle.flow).deep ? {} : bundle.flow);
  const { files } = bundle;
  const textOf = (file: string) => textIn(files, file) ?? textIn(options.protoTexts ?? {}, file);
  const topics = planTopics(outline, textOf);
  const types = new Map<string, PlannedType>();
  const nodes = new Map<string, PlannedNode>();
  for (const node of outline.nodes.values()) {
    if (node.disabled || node.type === undefined) continue;
    let type = types.get(node.type);
    if (!type) {
      type = planType(node.type, outline, files, options);
      types.set(node.type, type);
    }
    nodes.set(node.id, planNode(node, node.type, type, topics, files, options));
  }
  return Object.freeze({ flow: options.name, title: outline.title ?? options.name, topics, nodes });
}

function planType(
  name: string,
  outline: Outline,
  files: FlowBundle["files"],
  options: PlanOptions,
): PlannedType {
  const own = outline.types.get(name);
  if (own) {
    const lowered = lowerFlowType(options.name, own, files);
    return {
      definition: lowered && options.scripted(lowered),
      shape: shapeOfFlowType(own),
      origin: `flow:${stableHash(lowered)}`,
    };
  }
  const found = options.types.get(name);
  if (!found) return { definition: undefined, shape: undefined, origin: "" };
  const { definition } = found;
  return { definition, shape: shapeOfDefinition(definition), origin: `${found.package}@${found.version}` };
}

function planNode(
  node: OutlineNode,
  typeName: string,
  type: PlannedType,
  topics: ReadonlyMap<string, PlannedTopic>,
  files: FlowBundle["files"],
  options: PlanOptions,
): PlannedNode {
  const sources = { files, environment: options.environment, suggest: () => undefined };
  const shape = type.shape;
  const resolved = shape
    ? resolveConfig(node, shape.config, compileConfig(shape), sources)
    : { config: structuredClone(node.config), topics: [], nodes: [] };
  const inputs = byPort<PlannedInput>(wiresTo(node.inputs, topics), ({ topic, from }) => ({
    topic,
    from: from ?? "new",
  }));
  const outputs = byPort<string>(wiresTo(node.outputs, topics), ({ topic }) => topic);
  const planned = {
    id: node.id,
    type: typeName,
    title: node.title ?? node.id,
    origin: type.origin,
    config: deepFreeze(resolved.config),
    inputs,
    outputs,
    retry: node.retry && planRetry(node.retry),
    timeoutMs: durationMs(node.timeout),
    concurrency: node.concurrency,
  };
  const touched = [...node.inputs, ...node.outputs].map((wire) => wire.topic);
  const fingerprint = stableHash({
    ...planned,
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(outputs),
    topics: Object.fromEntries(
      [...touched, ...resolved.topics].map((name) => [name, topics.get(name)?.fingerprint]),
    ),
  });
  return Object.freeze({ ...planned, definition: type.definition, fingerprint });
}

/** The wires to topics that exist, each topic once per port. */
function wiresTo(wires: readonly OutlineWire[], topics: ReadonlyMap<string, PlannedTopic>): OutlineWire[] {
  const seen = new Set<string>();
  return wires.filter(({ port, topic }) => {
    const key = `${port}\n${topic}`;
    return topics.has(topic) && !seen.has(key) && seen.add(key);
  });
}

function byPort<T>(wires: readonly OutlineWire[], plan: (wire: OutlineWire) => T): Map<string, T[]> {
  const ports = new Map<string, T[]>();
  for (const wire of wires) {
    const port = ports.get(wire.port);
    if (port) port.push(plan(wire));
    else ports.set(wire.port, [plan(wire)]);
  }
  return ports;
}

function textIn(files: Readonly<Record<string, string>>, file: string): string | undefined {
  return Object.hasOwn(files, file) ? files[file] : undefined;
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
