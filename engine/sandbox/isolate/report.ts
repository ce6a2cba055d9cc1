// What the isolate tells the engine after each call into it. The engine reads it with suspicion: a script can
// tamper with everything in its own context, and so with what stands here about itself.
import { MAX_STACK, MAX_TEXT } from "./limits.ts";

/** A payload on its way out: its JSON, or a copy of the value when JSON does not say it all. */
export type Carried = string | { readonly value: unknown };

/** Why a message failed. `kind` names a sentence of the catalogue; without it the script threw. */
export interface FailureReport {
  readonly kind?: "unknown-port" | "no-out" | "too-large" | "too-many" | "not-sendable" | undefined;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string | undefined;
}

/** What one message came to: nothing, `[payload]` for one on `out`, triples of port, payload, attributes, or why not. */
export type OutcomeReport = 0 | readonly unknown[] | { readonly failed: FailureReport };

/** Said beside outcomes. `index` is the message's place in the batch, -1 outside any. */
export type Note =
  | readonly [kind: "log", index: number, level: string, text: string]
  | readonly [kind: "status", index: number, text: string, level: string]
  | readonly [kind: "emit", port: string, payload: unknown, attributes: Readonly<Record<string, string>> | 0]
  | readonly [kind: "left-out", index: number, count: number]
  | readonly [
      kind: "state",
      request: number,
      index: number,
      op: string,
      scope: string,
      key: string,
      /** To set and replace; to replace also what is expected. Each alone in a list, or none: so it can be told from null. */
      value?: unknown,
      expected?: unknown,
    ];

/** For the engine; the runner passes it on unread. */
export interface Document {
  /** Outcomes, in order, of the messages that settled since the last document. */
  readonly outcomes: readonly OutcomeReport[];
  readonly notes: readonly Note[];
}

/** For the runner: what to do next. */
export interface Control {
  /** The run of the batch that is or was worked on last. */
  readonly run: number;
  /** Of the batch: `more` wants another `go`, `waiting` waits for a promise of the message `at`. */
  readonly batch: "none" | "more" | "waiting" | "done";
  readonly at: number;
  /** `onStart` or `onStop` came to an end. */
  readonly task?: "waiting" | "done" | { readonly failed: FailureReport };
  readonly timers: readonly (readonly [id: number, ms: number, repeat: boolean])[];
  readonly cleared: readonly number[];
}

export function cap(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length - length} more characters)`;
}

/** Describes anything that was thrown. Never throws itself, whatever getters and proxies lie there. */
export function describeFailure(thrown: unknown, kind?: FailureReport["kind"]): FailureReport {
  try {
    if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
      const error = thrown as { name?: unknown; message: unknown; stack?: unknown; code?: unknown };
      return {
        kind,
        name: cap(String(error.name ?? "Error"), 200),
        message: cap(String(error.message), MAX_TEXT),
        stack: cap(typeof error.stack === "string" ? error.stack : "", MAX_STACK),
        code: typeof error.code === "string" ? cap(error.code, 200) : undefined,
      };
    }
    return { kind, name: "Error", message: cap(show(thrown), MAX_TEXT), stack: "" };
  } catch {
    return { kind, name: "Error", message: "The script threw a value that cannot be shown.", stack: "" };
  }
}

/** A value as text for the log. */
export function show(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[function ${value.name}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return value.stack ?? `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value, (_key, item: unknown) => {
      if (typeof item === "bigint") return `${item}n`;
      if (item instanceof Map) return { Map: [...item] };
      if (item instanceof Set) return { Set: [...item] };
      return item;
    });
  } catch {
    return "[value that contains itself]";
  }
}
