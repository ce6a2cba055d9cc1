// The declarations that a script sees in Monaco: what is in scope, typed for this very node. Pure.
import { intersection, propertyName, schemaToType, union } from "./schema-type.ts";
import { type ScriptPorts, type ScriptSubject, scriptPorts } from "./script-ports.ts";

/** TypeScript declarations (`.d.ts`) of everything a script may name. */
export function scriptTypes(subject: ScriptSubject): string {
  const ports = scriptPorts(subject);
  return [payloadTypes(ports), SCRIPT_API, PLATFORM].join("\n");
}

function payloadTypes(ports: ScriptPorts): string {
  const payload =
    ports.inputs.length === 0 ? "any" : loosely(union(ports.inputs.map((schema) => schemaToType(schema))));
  const outputs = Object.keys(ports.outputs).length > 0 ? ports.outputs : { out: [] };
  const lines = Object.entries(outputs).map(
    ([port, schemas]) =>
      `  ${propertyName(port)}: ${intersection(schemas.map((schema) => schemaToType(schema, { open: true })))};`,
  );
  // Written out, so that the error for a misspelt port lists those there are.
  const names = union([...Object.keys(outputs), "error"].map((name) => JSON.stringify(name)));
  const config = ports.config === undefined ? "any" : loosely(schemaToType(ports.config));
  return [
    "/** What arrives: by the schema of the topic, or of the ports that emit into it. */",
    `type Payload = ${payload};`,
    "/** The ports that this node may emit to, and what fits them. */",
    `interface Outputs {\n${lines.join("\n")}\n  error: unknown;\n}`,
    "/** Sends a message out of a port. */",
    `type Emit = <P extends ${names}>(port: P, payload: Outputs[P], attributes?: Record<string, string>) => Promise<void>;`,
    "/** What this node was configured with. */",
    `type Config = ${config};`,
    "/** The message being handled. */",
    `declare const message: ${messageType(ports)};`,
    "/** What a script returns goes to out: an array item by item, nothing and null not at all. */",
    `type Returned = ${returnedType(outputs)};`,
    "",
  ].join("\n");
}

function messageType(ports: ScriptPorts): string {
  if (!ports.byPort) return "Message";
  return Object.entries(ports.byPort)
    .map(([port, schema]) => {
      const payload = loosely(schemaToType(schema));
      return `(Message<${payload}> & { readonly port: ${JSON.stringify(port)} })`;
    })
    .join(" | ");
}

function returnedType(outputs: ScriptPorts["outputs"]): string {
  if (!Object.hasOwn(outputs, "out")) return "unknown";
  return 'Outputs["out"] | null | undefined | void | (Outputs["out"] | null | undefined)[]';
}

/** Nothing known is `any` here: a script that reads an untyped payload should not be full of complaints. */
const loosely = (type: string): string => (type === "unknown" ? "any" : type);

const SCRIPT_API = `
/** A message on its way. Read-only: make a new payload, do not change this one. */
interface Message<P = Payload> {
  /** The same over retries and redelivery: a safe key for effects outside. */
  readonly id: string;
  /** The topic it came through; empty when it was injected. */
  readonly topic: string;
  /** When it was made, in milliseconds since the epoch. */
  readonly time: number;
  /** Who emitted it: "flow/node". */
  readonly source: string;
  /** The same for all messages that descend from one origin. */
  readonly correlationId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** 1 at the first try. */
  readonly attempt: number;
  readonly payload: P;
}

/** Values that outlive the node. */
interface StateScope {
  get<T = any>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Reads the value, calls \`change\`, and stores what it returns (undefined deletes). Resolves to the new value. No update
   * of another node or engine is lost by it: when one came between, \`change\` is called again.
   */
  update<T = any>(key: string, change: (current: T | undefined) => T | undefined): Promise<T | undefined>;
}

/** This node's state; \`flow\` and \`global\` are shared with others. */
interface State extends StateScope {
  readonly flow: StateScope;
  readonly global: StateScope;
}

interface Log {
  debug(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

/** Shows a text on the node in the editor; an empty one clears it. */
type Status = (text: string, level?: "idle" | "info" | "ok" | "warning" | "error") => void;

/** What a module's function gets as second argument. */
interface Context {
  readonly config: Config;
  readonly emit: Emit;
  readonly state: State;
  readonly log: Log;
  readonly status: Status;
  readonly env: Readonly<Record<string, string>>;
}

/** Sends a message out of a port. What the script returns goes to "out" without it. */
declare const emit: Emit;
declare const config: Config;
/** Values that outlive the node: \`await state.get("count")\`. */
declare const state: State;
/** Writes to the engine's log. */
declare const log: Log;
/** Shows a text on the node in the editor; an empty one clears it. */
declare const status: Status;
/** Environment that flows may read. */
declare const env: Readonly<Record<string, string>>;
`;

/** What the isolate offers beside the language itself. */
const PLATFORM = `
declare function setTimeout<A extends unknown[]>(run: (...args: A) => void, ms?: number, ...args: A): number;
declare function clearTimeout(timer: number | undefined): void;
declare function setInterval<A extends unknown[]>(run: (...args: A) => void, ms?: number, ...args: A): number;
declare function clearInterval(timer: number | undefined): void;
declare function queueMicrotask(run: () => void): void;
declare function structuredClone<T>(value: T): T;
declare function atob(base64: string): string;
declare function btoa(text: string): string;
declare const console: Log & { log(...values: unknown[]): void; trace(...values: unknown[]): void };
declare const crypto: { randomUUID(): string; getRandomValues<T extends ArrayBufferView>(array: T): T };

declare class URLSearchParams {
  constructor(init?: string | Record<string, string> | [string, string][]);
  append(name: string, value: string): void;
  delete(name: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  toString(): string;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

declare class URL {
  constructor(url: string, base?: string | URL);
  hash: string;
  host: string;
  hostname: string;
  href: string;
  readonly origin: string;
  password: string;
  pathname: string;
  port: string;
  protocol: string;
  search: string;
  readonly searchParams: URLSearchParams;
  username: string;
  toString(): string;
  toJSON(): string;
}

declare class TextEncoder {
  encode(text?: string): Uint8Array;
}

declare class TextDecoder {
  constructor(label?: string);
  decode(bytes?: ArrayBufferView | ArrayBuffer): string;
}
`;
