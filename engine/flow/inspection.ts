// What the checks of one validation share: the flow's outline, its types and wires, and where problems go.
import type { Problem } from "../base/errors/error.ts";
import { flowMoreProblems } from "../base/errors/flow.ts";
import { impliedDeadLetters } from "./dead-letters.ts";
import type { FlowBundle } from "./document.ts";
import { LIMITS } from "./names.ts";
import { type NodeShape, shapeOfDefinition, shapeOfFlowType } from "./node-shape.ts";
import { type Outline, type OutlineNode, outlineFlow } from "./outline.ts";
import type { TypeRegistry } from "./plan.ts";
import { createSuggest, type Suggest } from "./suggest.ts";

export interface ValidateOptions {
  /** The flow's name. */
  readonly name: string;
  readonly types: TypeRegistry;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text of .proto files that the bundle does not carry, by path. */
  readonly protoTexts?: Readonly<Record<string, string>>;
  /** What reading the flow and loading its packages found: listed first, and not told again. */
  readonly found?: readonly Problem[];
}

/** A port of a node on a wire. */
export interface WireEnd {
  readonly node: OutlineNode;
  readonly port: string;
  readonly index: number;
}

export interface Ends {
  readonly emitters: WireEnd[];
  readonly readers: WireEnd[];
}

export class Inspection {
  readonly bundle: FlowBundle;
  readonly options: ValidateOptions;
  readonly outline: Outline;
  readonly suggest: Suggest = createSuggest();
  /** Topics that may be named: declared ones and dead-letter topics. */
  readonly topicNames: ReadonlySet<string>;
  /** Both ends of each topic, of nodes that are not disabled. */
  readonly wires: ReadonlyMap<string, Ends>;
  /** Topics that configs name. */
  readonly mentioned = new Set<string>();
  /** Types of the flow whose config schema is told to be wrong: configs are not checked against it. */
  readonly brokenTypes = new Set<string>();
  readonly #shapes = new Map<string, NodeShape | undefined>();
  readonly #problems = new Map<string, Problem>();
  #isFull = false;

  constructor(bundle: FlowBundle, options: ValidateOptions) {
    this.bundle = bundle;
    this.options = options;
    this.outline = outlineFlow(bundle.flow);
    this.topicNames = new Set([...this.outline.topics.keys(), ...impliedDeadLetters(this.outline).keys()]);
    this.wires = wiresOf(this.outline);
  }

  /** The node's type, or undefined when nothing defines it. */
  shape(type: string | undefined): NodeShape | undefined {
    if (type === undefined) return undefined;
    if (!this.#shapes.has(type)) this.#shapes.set(type, this.#findShape(type));
    return this.#shapes.get(type);
  }

  /** As many problems as are listed were found: looking further costs time and tells nothing. */
  get full(): boolean {
    return this.#isFull;
  }

  /** Each problem is listed once. */
  add(problem: Problem): void {
    const key = `${problem.code}\n${problem.path}\n${problem.message}`;
    if (this.#problems.has(key)) return;
    if (this.#problems.size < LIMITS.problems) this.#problems.set(key, problem);
    else this.#isFull = true;
  }

  addAll(problems: Iterable<Problem>): void {
    for (const problem of problems) this.add(problem);
  }

  problems(): Problem[] {
    const listed = [...this.#problems.values()];
    if (!this.#isFull) return listed;
    return [...listed, flowMoreProblems.problem({ listed: listed.length }, { path: "" })];
  }

  #findShape(type: string): NodeShape | undefined {
    const own = this.outline.types.get(type);
    if (own) return shapeOfFlowType(own);
    const found = this.options.types.get(type);
    return found && shapeOfDefinition(found.definition);
  }
}

function wiresOf(outline: Outline): Map<string, Ends> {
  const wires = new Map<string, Ends>();
  const endsOf = (topic: string): Ends => {
    let ends = wires.get(topic);
    if (!ends) {
      ends = { emitters: [], readers: [] };
      wires.set(topic, ends);
    }
    return ends;
  };
  for (const node of outline.nodes.values()) {
    if (node.disabled) continue;
    for (const { port, index, topic } of node.inputs) endsOf(topic).readers.push({ node, port, index });
    for (const { port, index, topic } of node.outputs) endsOf(topic).emitters.push({ node, port, index });
  }
  return wires;
}
