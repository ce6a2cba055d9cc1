// A node's config as the node will see it: files read in, environment filled in, defaults applied, and checked
// against the type's schema. Secrets stay references.
import type { Problem } from "../base/errors/error.ts";
import {
  flowBadSchema,
  flowEnvMissing,
  flowFileMissing,
  flowFileOutside,
  flowUnknownField,
  flowWrongValue,
} from "../base/errors/flow.ts";
import type { CompiledSchema } from "./compile.ts";
import type { JsonSchema } from "./document.ts";
import { FORBIDDEN_KEYS, LIMITS } from "./names.ts";
import { isFields, type OutlineNode } from "./outline.ts";
import { nearestPlace, pointer, pointerSteps } from "./pointer.ts";
import { fileKey, isFileReference, isSecretReference } from "./references.ts";
import { childSchemas, knownFields, type Schemas, schemasOf } from "./schema-parts.ts";
import { speak } from "./sentences.ts";
import type { Suggest } from "./suggest.ts";
import { ownerOf, shown } from "./wording.ts";

export interface ConfigSources {
  readonly files: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly suggest: Suggest;
}

export interface ResolvedConfig {
  readonly config: Record<string, unknown>;
  readonly problems: Problem[];
  /** Topics that the config names in fields made for it. */
  readonly topics: readonly string[];
  /** Nodes that it names in fields made for it, with their places. */
  readonly nodes: readonly { readonly name: string; readonly path: string }[];
}

type Steps = readonly (string | number)[];

/** `compile` is asked once, for the type's schema; it may throw. */
export function resolveConfig(
  node: Pick<OutlineNode, "id" | "config" | "hasConfig">,
  schema: JsonSchema,
  compile: (schema: JsonSchema) => CompiledSchema,
  sources: ConfigSources,
): ResolvedConfig {
  const walk = new ConfigWalk(node.id, sources);
  const config = walk.value(node.config, schemasOf(schema), []) as Record<string, unknown>;
  const base = pointer("nodes", node.id, "config");
  try {
    const { check } = compile(schema);
    let errors = check(config);
    if (errors.some((error) => walk.convert(config, error))) errors = check(config);
    const open = errors.filter((error) => !walk.isSecret(error.instancePath));
    const spoken = speak(open, { base, node: node.id, suggest: sources.suggest });
    const whole = { nodes: { [node.id]: node.hasConfig ? { config: node.config } : {} } };
    for (const problem of spoken) walk.problems.push({ ...problem, path: nearestPlace(whole, problem.path) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const parts = { what: `The config schema of the type of node "${node.id}"`, reason };
    walk.problems.push(flowBadSchema.problem(parts, { path: pointer("nodes", node.id), node: node.id }));
  }
  walk.restoreSecrets(config);
  return { config, problems: unique(walk.problems), topics: walk.topics, nodes: walk.nodes };
}

class ConfigWalk {
  readonly problems: Problem[] = [];
  readonly topics: string[] = [];
  readonly nodes: { name: string; path: string }[] = [];
  readonly #node: string;
  readonly #sources: ConfigSources;
  readonly #secrets = new Map<string, unknown>();
  /** Places whose whole text came from the environment: they may become numbers. */
  readonly #fromEnvironment = new Set<string>();

  constructor(node: string, sources: ConfigSources) {
    this.#node = node;
    this.#sources = sources;
  }

  /** A copy with references resolved; a secret is a text until `restoreSecrets`. */
  value(value: unknown, schemas: Schemas, steps: Steps): unknown {
    if (typeof value === "string") return this.#text(value, schemas, steps);
    if (isFileReference(value)) return this.#file(value.$file, steps);
    if (isSecretReference(value)) return this.#secret(value, steps);
    if (Array.isArray(value)) {
      const isNodes = schemas.parts.some((part) => part["x-widget"] === "nodes");
      if (isNodes) for (const [index, name] of value.entries()) this.#nodeName(name, [...steps, index]);
      return value.map((entry, index) => this.value(entry, childSchemas(schemas, index), [...steps, index]));
    }
    if (!isFields(value)) return value;
    const known = knownFields(schemas);
    const fields: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) {
      if (FORBIDDEN_KEYS.has(key)) continue;
      const inner = [...steps, key];
      if (known && !known.has(key)) this.#unknown(key, known, inner);
      fields[key] = this.value(child, childSchemas(schemas, key), inner);
    }
    return fields;
  }

  isSecret(instancePath: string): boolean {
    return this.#secrets.has(instancePath);
  }

  restoreSecrets(config: Record<string, unknown>): void {
    for (const [path, reference] of this.#secrets) replaceAt(config, path, reference);
  }

  /** Environment variables are texts; where the schema wants a number, true or false they become it. */
  convert(
    config: Record<string, unknown>,
    error: { keyword: string; instancePath: string; params: Record<string, unknown>; data?: unknown },
  ): boolean {
    if (error.keyword !== "type" || !this.#fromEnvironment.has(error.instancePath)) return false;
    const text = String(error.data);
    const types = [error.params.type].flat();
    if (types.includes("boolean") && (text === "true" || text === "false")) {
      return replaceAt(config, error.instancePath, text === "true");
    }
    const isNumber = types.includes("number") || types.includes("integer");
    return isNumber && /^-?\d+(\.\d+)?$/.test(text) && replaceAt(config, error.instancePath, Number(text));
  }

  #nodeName(name: unknown, steps: Steps): void {
    if (typeof name === "string") this.nodes.push({ name, path: this.#at(steps).path });
  }

  #text(text: string, schemas: Schemas, steps: Steps): string {
    const widgets = schemas.parts.map((part) => part["x-widget"]);
    const value = this.#withEnvironment(text, widgets, steps);
    if (widgets.includes("topic")) this.topics.push(value);
    if (widgets.includes("node")) this.#nodeName(value, steps);
    return value;
  }

  #withEnvironment(text: string, widgets: readonly unknown[], steps: Steps): string {
    // Code has `${…}` of its own.
    if (!text.includes("${") || widgets.includes("code") || widgets.includes("expression")) return text;
    if (/^\$\{\w+\}$/.test(text)) this.#fromEnvironment.add(pointer(...steps));
    return text.replaceAll(/(\$?)\$\{([A-Za-z_]\w*)\}/g, (whole, doubled: string, name: string) => {
      if (doubled !== "") return whole.slice(1);
      const { environment } = this.#sources;
      const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
      if (value === undefined) this.#tell(flowEnvMissing.problem({ name }, this.#at(steps)));
      return value ?? whole;
    });
  }

  #file(file: unknown, steps: Steps): unknown {
    const at = this.#at([...steps, "$file"]);
    const key = typeof file === "string" ? fileKey(file) : undefined;
    if (typeof file !== "string") {
      const parts = {
        what: `"$file" of node "${this.#node}"`,
        value: shown(file),
        need: "It must be a text.",
      };
      this.#tell(flowWrongValue.problem(parts, at));
    } else if (key === undefined) {
      this.#tell(flowFileOutside.problem({ file }, at));
    } else if (Object.hasOwn(this.#sources.files, key)) {
      return String(this.#sources.files[key]);
    } else {
      this.#tell(flowFileMissing.problem({ file }, at));
    }
    return "";
  }

  #secret(reference: { $secret: unknown }, steps: Steps): string {
    if (typeof reference.$secret !== "string" || reference.$secret === "") {
      const what = `"$secret" of node "${this.#node}"`;
      const parts = { what, value: shown(reference.$secret), need: "Write the name of a secret." };
      this.#tell(flowWrongValue.problem(parts, this.#at([...steps, "$secret"])));
    }
    this.#secrets.set(pointer(...steps), { $secret: reference.$secret });
    return "secret";
  }

  #unknown(field: string, known: ReadonlySet<string>, steps: Steps): void {
    const place = ["nodes", this.#node, "config", ...steps.map(String)];
    const parts = {
      owner: ownerOf(place.slice(0, -1)),
      field,
      suggestion: this.#sources.suggest(field, known),
    };
    this.#tell(flowUnknownField.problem(parts, this.#at(steps)));
  }

  #tell(problem: Problem): void {
    if (this.problems.length <= LIMITS.problems) this.problems.push(problem);
  }

  #at(steps: Steps): { path: string; node: string } {
    return { path: pointer("nodes", this.#node, "config", ...steps), node: this.#node };
  }
}

function replaceAt(config: Record<string, unknown>, path: string, next: unknown): boolean {
  const steps = pointerSteps(path);
  const last = steps.pop();
  let target: unknown = config;
  for (const step of steps) {
    if (target === null || typeof target !== "object") return false;
    target = (target as Record<string, unknown>)[step];
  }
  if (last === undefined || target === null || typeof target !== "object") return false;
  (target as Record<string, unknown>)[last] = next;
  return true;
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.path}\n${problem.message}`, problem])).values()];
}
