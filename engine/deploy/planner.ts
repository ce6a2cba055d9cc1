// Judges and plans flow documents with the node types that are installed for them.
import type { Problem } from "../base/errors/index.ts";
import { type FlowBundle, makePlan, type Scripted, validateFlow } from "../flow/index.ts";
import type { Plan } from "../flow/plan.ts";
import {
  type LoadedPackages,
  loadPackages,
  type NodeTypes,
  type PackageLoader,
  type PackageRequest,
  type RegisteredType,
} from "../plugins/index.ts";

export interface PlannerOptions {
  readonly loader: PackageLoader;
  /** Makes definitions of the types that a flow scripts itself. */
  readonly scripted: Scripted;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export class Planner {
  readonly #options: PlannerOptions;
  readonly #types = new Map<string, NodeTypes>();

  constructor(options: PlannerOptions) {
    this.#options = options;
  }

  /** Loads the types that need no flow. */
  async start(): Promise<void> {
    this.#types.set("", (await loadPackages(this.#options.loader, [])).types);
  }

  /** All types that the flows here can use, each once, by category and title. */
  known(): RegisteredType[] {
    const types = new Map<string, RegisteredType>();
    for (const registry of this.#types.values()) {
      for (const type of registry.all()) types.set(type.definition.type, type);
    }
    const order = ({ definition }: RegisteredType) => `${definition.category}\0${definition.title}`;
    return [...types.values()].sort((a, b) => order(a).localeCompare(order(b), "en"));
  }

  /** Everything about the document that a person should know; `folder` is where its package paths start. */
  async validate(flow: string, bundle: FlowBundle, folder: string): Promise<Problem[]> {
    const { types, problems } = await this.#load(bundle, folder);
    const { environment } = this.#options;
    return [...problems, ...validateFlow(bundle, { name: flow, types, environment })];
  }

  async plan(flow: string, bundle: FlowBundle, folder: string): Promise<{ plan: Plan; problems: Problem[] }> {
    const { types, problems } = await this.#load(bundle, folder);
    const { environment, scripted } = this.#options;
    this.#types.set(flow, types);
    return {
      plan: makePlan(bundle, { name: flow, types, environment, scripted }),
      problems: [...problems, ...validateFlow(bundle, { name: flow, types, environment })],
    };
  }

  /** The flow is gone: its packages' types are not offered any more. */
  forget(flow: string): void {
    this.#types.delete(flow);
  }

  #load(bundle: FlowBundle, folder: string): Promise<LoadedPackages> {
    const packages = Array.isArray(bundle.flow.packages) ? (bundle.flow.packages as readonly unknown[]) : [];
    const requests: PackageRequest[] = packages.flatMap((specifier, index) =>
      typeof specifier === "string"
        ? [{ specifier, fromFolder: folder, where: { path: `/packages/${index}` } }]
        : [],
    );
    return loadPackages(this.#options.loader, requests);
  }
}
