// The node types of a set of packages, by name. Made anew when the set changes; it never changes itself.
import type { AnyNodeDefinition } from "@millrace/sdk";
import type { Problem } from "../base/errors/error.ts";
import { typeDuplicate } from "../base/errors/plugins.ts";
import type { TypeRegistry } from "../flow/plan.ts";
import type { LoadedPackage } from "./loader.ts";

export interface RegisteredType {
  readonly definition: AnyNodeDefinition;
  readonly package: string;
  readonly version: string;
}

export class NodeTypes implements TypeRegistry {
  readonly #types = new Map<string, RegisteredType>();
  /** One for each type that two packages define; the package that comes first keeps it. */
  readonly problems: readonly Problem[];

  constructor(packages: readonly LoadedPackage[]) {
    this.problems = packages.flatMap((loaded) =>
      loaded.definitions.flatMap((definition) => this.#add(loaded, definition)),
    );
  }

  get(type: string): RegisteredType | undefined {
    return this.#types.get(type);
  }

  types(): Iterable<string> {
    return this.#types.keys();
  }

  /** By category, then title. */
  all(): RegisteredType[] {
    const order = ({ definition }: RegisteredType) => `${definition.category}\0${definition.title}`;
    return [...this.#types.values()].sort((a, b) => order(a).localeCompare(order(b), "en"));
  }

  #add(loaded: LoadedPackage, definition: AnyNodeDefinition): Problem[] {
    const first = this.#types.get(definition.type);
    if (first) {
      const parts = { type: definition.type, first: first.package, second: loaded.name };
      return [typeDuplicate.problem(parts, { path: "" })];
    }
    this.#types.set(definition.type, { definition, package: loaded.name, version: loaded.version });
    return [];
  }
}
