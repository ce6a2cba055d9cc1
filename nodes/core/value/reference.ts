// References: how configs name a value at run time, for example `payload.items[0]`, `attributes.user`, `flow.limit`.
import { Failure, getPath, type Message, type NodeContext, parsePath } from "@millrace/sdk";

/** Values of state by `scope.key`, read before a message is looked at. */
export type StateValues = ReadonlyMap<string, unknown>;

/** Reads one value; synchronous, so that rules can run without waiting. */
export type Read = (message: Message, state: StateValues) => unknown;

export type World = Pick<NodeContext, "state" | "env" | "clock">;

const NO_STATE: StateValues = new Map();
const MESSAGE_FIELDS = ["payload", "id", "topic", "time", "source", "correlationId", "attempt"] as const;
const ROOTS = [...MESSAGE_FIELDS, "attributes", "state", "flow", "global", "env", "now"];

/** Said in the descriptions of config fields that hold a reference. */
export const REFERENCE_HELP =
  "Starts with payload, attributes, topic, id, time, source, correlationId or attempt (of the message), state, flow or global (what is kept), env (environment), or is now or now.iso.";

/** Compiles the references of one node, and knows which state they need. */
export class References {
  readonly #world: World;
  readonly #extra: Readonly<Record<string, () => unknown>>;
  readonly #needed = new Map<string, () => Promise<unknown>>();

  /** `extra`: further references that this node knows, each a single word. */
  constructor(world: World, extra: Readonly<Record<string, () => unknown>> = {}) {
    this.#world = world;
    this.#extra = extra;
  }

  /** Throws a Failure when the reference is none. */
  compile(reference: string): Read {
    const extra = Object.hasOwn(this.#extra, reference) ? this.#extra[reference] : undefined;
    if (extra) return extra;
    const [root, ...rest] = splitReference(reference);
    switch (root) {
      case "attributes": {
        const name = rest.join(".");
        return rest.length === 0
          ? (message) => message.attributes
          : (message) => ownText(message.attributes, name);
      }
      case "state":
      case "flow":
      case "global":
        return this.#compileState(root, reference, rest);
      case "env": {
        const name = rest.join(".");
        return () => this.#world.env(name);
      }
      case "now":
        return rest[0] === "iso"
          ? () => new Date(this.#world.clock.now()).toISOString()
          : () => this.#world.clock.now();
      default: {
        const field = MESSAGE_FIELDS.find((name) => name === root) ?? "payload";
        if (rest.length === 0) return (message) => message[field];
        return (message) => getPath(message[field], rest);
      }
    }
  }

  /** An operand: `{ "from": "payload.limit" }` is a reference, anything else is the value itself. */
  operand(value: unknown): Read {
    const reference = referenceOf(value);
    return reference === undefined ? () => value : this.compile(reference);
  }

  /** The state that the references need; undefined when they need none, so that nobody waits for nothing. */
  state(): Promise<StateValues> | undefined {
    return this.#needed.size === 0 ? undefined : this.#readState();
  }

  /** Runs `handle` with the state it needs: at once when it needs none. */
  withState<T>(handle: (state: StateValues) => T | Promise<T>): T | Promise<T> {
    return this.state()?.then(handle) ?? handle(NO_STATE);
  }

  #compileState(scope: "state" | "flow" | "global", reference: string, rest: (string | number)[]): Read {
    const [key, ...path] = rest;
    if (key === undefined) throw badReference(reference, `Name the key, for example "${scope}.count".`);
    const name = `${scope}.${key}`;
    const store = scopeOf(this.#world.state, scope);
    this.#needed.set(name, () => store.get(String(key)));
    if (path.length === 0) return (_message, state) => state.get(name);
    return (_message, state) => getPath(state.get(name), path);
  }

  async #readState(): Promise<StateValues> {
    const entries = [...this.#needed].map(async ([name, read]) => [name, await read()] as const);
    return new Map(await Promise.all(entries));
  }
}

/** The state of a scope by the word that references use for it. */
export function scopeOf(state: World["state"], scope: "state" | "flow" | "global") {
  return scope === "state" ? state : state[scope];
}

/** Steps of a reference, its root checked. */
export function splitReference(reference: string): (string | number)[] {
  const steps = parse(reference);
  const [root] = steps;
  if (typeof root !== "string" || !ROOTS.includes(root)) {
    throw badReference(reference, `It starts with "${root}". Start it with one of ${ROOTS.join(", ")}.`);
  }
  return steps;
}

/** The reference in `{ "from": "…" }`; undefined for every other value. */
export function referenceOf(value: unknown): string | undefined {
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, "from")) return undefined;
  const from: unknown = Reflect.get(value, "from");
  return typeof from === "string" && Object.keys(value).length === 1 ? from : undefined;
}

function parse(reference: string): (string | number)[] {
  try {
    return parsePath(reference);
  } catch (error) {
    throw badReference(reference, error instanceof Error ? error.message : "");
  }
}

function badReference(reference: string, why: string): Failure {
  return new Failure(`"${reference}" does not name a value. ${why}`, {
    code: "core/bad-reference",
    retry: false,
  });
}

function ownText(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}
