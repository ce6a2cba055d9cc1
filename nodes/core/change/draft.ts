// A message being changed: rules write here, and nothing of the message that came in is touched.
import { type EmitOptions, Failure, getPath, type Message, type NodeContext, setPath } from "@millrace/sdk";
import { asText } from "../value/compare.ts";
import {
  type Read,
  type References,
  type StateValues,
  scopeOf,
  splitReference,
  type World,
} from "../value/reference.ts";

/** What the rules so far made of a message; it reads like one, so that later rules see what earlier ones did. */
export class Draft implements Message {
  payload: unknown;
  /** State as the rules see it: what was read, and what they wrote. */
  readonly state: Map<string, unknown>;
  /** Writes to state, by `scope.key`; done when all rules are through. */
  readonly writes = new Map<string, () => Promise<void>>();
  readonly #message: Message;
  #attributes: Record<string, string> | undefined;
  #correlationId: string | undefined;

  constructor(message: Message, state: StateValues) {
    this.#message = message;
    this.payload = message.payload;
    this.state = new Map(state);
  }

  get id(): string {
    return this.#message.id;
  }
  get topic(): string {
    return this.#message.topic;
  }
  get time(): number {
    return this.#message.time;
  }
  get source(): string {
    return this.#message.source;
  }
  get attempt(): number {
    return this.#message.attempt;
  }
  get correlationId(): string {
    return this.#correlationId ?? this.#message.correlationId;
  }
  set correlationId(correlationId: string) {
    this.#correlationId = correlationId;
  }
  get attributes(): Readonly<Record<string, string>> {
    return this.#attributes ?? this.#message.attributes;
  }
  set attributes(attributes: Record<string, string>) {
    this.#attributes = attributes;
  }

  /** What an emit must say beside the payload: only what was changed. */
  get options(): EmitOptions | undefined {
    if (this.#attributes === undefined && this.#correlationId === undefined) return undefined;
    return {
      ...(this.#attributes && { attributes: this.#attributes, replaceAttributes: true }),
      ...(this.#correlationId !== undefined && { correlationId: this.#correlationId }),
    };
  }
}

/** A place that rules may write to. */
export interface Target {
  readonly read: Read;
  /** Undefined deletes. */
  write(draft: Draft, value: unknown): void;
}

/** Compiles a reference that may be written: payload, attributes, correlationId, state, flow, global. */
export function compileTarget(reference: string, references: References, world: World): Target {
  const [root, ...rest] = splitReference(reference);
  const read = references.compile(reference);
  switch (root) {
    case "payload":
      return {
        read,
        write(draft, value) {
          draft.payload = rest.length === 0 ? value : setPath(draft.payload, rest, value);
        },
      };
    case "attributes":
      return attributeTarget(read, rest.join("."));
    case "correlationId":
      return {
        read,
        write(draft, value) {
          draft.correlationId = asText(value);
        },
      };
    case "state":
    case "flow":
    case "global":
      return stateTarget(root, rest, references, world);
    default:
      throw new Failure(
        `"${reference}" cannot be changed. Name something in payload, attributes, correlationId, state, flow or global.`,
        { code: "change/not-changeable", retry: false },
      );
  }
}

function attributeTarget(read: Read, name: string): Target {
  return {
    read,
    write(draft, value) {
      if (name === "") {
        draft.attributes = textsOf(value);
        return;
      }
      const { [name]: _, ...others } = draft.attributes;
      draft.attributes = value === undefined ? others : { ...others, [name]: asText(value) };
    },
  };
}

function stateTarget(
  scope: "state" | "flow" | "global",
  [key, ...path]: (string | number)[],
  references: References,
  world: World,
): Target {
  const name = `${scope}.${key}`;
  const whole = references.compile(name);
  const store = scopeOf(world.state, scope);
  const read: Read = (message, state) => getPath({ value: whole(message, state) }, ["value", ...path]);
  return {
    read,
    write(draft, value) {
      const next = path.length === 0 ? value : setPath(whole(draft, draft.state), path, value);
      const before = draft.writes.get(name);
      draft.state.set(name, next);
      draft.writes.set(name, async () => {
        if (path.length === 0)
          return next === undefined ? store.delete(String(key)) : store.set(String(key), next);
        await before?.();
        await store.update(String(key), (current) => setPath(current, path, value));
      });
    },
  };
}

function textsOf(value: unknown): Record<string, string> {
  if (value === null || typeof value !== "object") return {};
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asText(item)]));
}

/** Emits what the rules made, after what they wrote to state. */
export function emitDraft(draft: Draft, emit: NodeContext["emit"]): Promise<void> {
  const { writes } = draft;
  const emitted = () => emit("out", draft.payload, draft.options);
  return writes.size === 0
    ? emitted()
    : Promise.all([...writes.values()].map((write) => write())).then(emitted);
}
