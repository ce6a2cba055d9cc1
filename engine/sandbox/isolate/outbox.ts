// Collects what a script sends, settles and says, until the runner fetches it. Payloads are turned to text (or
// copied) at the moment they are emitted: what the script changes afterwards does not change what it sent.
import { structuredClone } from "./clone.ts";
import { isExactJson, UnsendableError } from "./exact-json.ts";
import { MAX_LOG_LINES, MAX_NOTES } from "./limits.ts";
import { type Carried, type Document, describeFailure, type FailureReport, type Note } from "./report.ts";

const { stringify, parse } = JSON;
const { fromEntries, entries, keys } = Object;

/** An error whose sentence is in the engine's catalogue. */
export class RefusedError extends Error {
  readonly kind: FailureReport["kind"];
  constructor(kind: FailureReport["kind"], message: string) {
    super(message);
    this.name = "Error";
    this.kind = kind;
  }
}

export interface Emit {
  readonly port: string;
  readonly payload: Carried;
  readonly attributes: Readonly<Record<string, string>> | undefined;
}

type Settled = string | { readonly emits: readonly Emit[] };

export class Outbox {
  readonly #maxBytes: number;
  #settled: Settled[] = [];
  #notes: Note[] = [];
  #leftOut = new Map<number, number>();
  #logs = 0;
  #mixed = false;

  constructor(maxPayloadBytes: number) {
    this.#maxBytes = maxPayloadBytes;
  }

  /** Takes a payload out of the script's hands. Throws when it cannot be sent. */
  carry(payload: unknown): Carried {
    let exact: boolean;
    try {
      exact = isExactJson(payload);
    } catch (error) {
      if (error instanceof UnsendableError) throw new RefusedError("not-sendable", error.message);
      throw error;
    }
    if (!exact) return { value: structuredClone(payload) };
    const text = stringify(payload) ?? "null";
    if (text.length * 3 > this.#maxBytes && utf8Length(text) > this.#maxBytes)
      this.#refuseSize(utf8Length(text));
    return text;
  }

  #refuseSize(bytes: number): never {
    throw new RefusedError("too-large", String(bytes));
  }

  /** The commonest outcome: one message on `out`. */
  settleOne(payload: Carried): void {
    if (typeof payload === "string") this.#settled.push(`[${payload}]`);
    else {
      this.#mixed = true;
      this.#settled.push({ emits: [{ port: "out", payload, attributes: undefined }] });
    }
  }

  settle(emits: readonly Emit[]): void {
    if (emits.length === 0) {
      this.#settled.push("0");
    } else if (emits.some((emit) => typeof emit.payload !== "string")) {
      this.#mixed = true;
      this.#settled.push({ emits });
    } else {
      const parts = emits.map(
        (emit) => `${stringify(emit.port)},${emit.payload},${stringify(emit.attributes ?? 0)}`,
      );
      this.#settled.push(`[${parts.join(",")}]`);
    }
  }

  fail(thrown: unknown): void {
    const kind = thrown instanceof RefusedError ? thrown.kind : undefined;
    this.#settled.push(stringify({ failed: describeFailure(thrown, kind) }));
  }

  log(index: number, level: string, text: string): void {
    if (this.#logs >= MAX_LOG_LINES) {
      this.#leftOut.set(index, (this.#leftOut.get(index) ?? 0) + 1);
      return;
    }
    this.#logs += 1;
    this.#notes.push(["log", index, level, text]);
  }

  /** Any other note. `payload` stands at the end of a state note, third in an emit note. */
  note(note: Note): void {
    this.#notes.push(note);
    if (this.#notes.length > MAX_NOTES) {
      this.#notes.length -= 1;
      throw new RefusedError("too-many", "A script may ask for no more at once.");
    }
  }

  /** A note that holds payloads. */
  noteWith(carried: readonly Carried[], make: (payloads: readonly unknown[]) => Note): void {
    const payloads = carried.map((each) => {
      if (typeof each === "string") return parse(each);
      this.#mixed = true;
      return each.value;
    });
    this.note(make(payloads));
  }

  /** Forgets what was settled and not yet fetched. */
  dropSettled(): void {
    this.#settled = [];
  }

  get isEmpty(): boolean {
    return this.#settled.length === 0 && this.#notes.length === 0;
  }

  /** True when the document must go as MessagePack. */
  get isMixed(): boolean {
    return this.#mixed;
  }

  /** The document as JSON; empties the outbox. Not for a mixed one. */
  takeJson(): string {
    const text = `{"outcomes":[${this.#settled.join(",")}],"notes":${stringify(this.#takeNotes())}}`;
    this.#settled = [];
    return text;
  }

  /** The document to be packed; empties the outbox. `sizeOf` measures a packed payload. */
  takeMixed(sizeOf: (payload: unknown) => number): Document {
    const outcomes = this.#settled.map((entry) => {
      if (typeof entry === "string") return parse(entry);
      try {
        return entry.emits.flatMap((emit) => [
          emit.port,
          this.#unwrap(emit.payload, sizeOf),
          emit.attributes ?? 0,
        ]);
      } catch (error) {
        return { failed: describeFailure(error, error instanceof RefusedError ? error.kind : undefined) };
      }
    });
    this.#settled = [];
    this.#mixed = false;
    return { outcomes, notes: this.#takeNotes() };
  }

  #unwrap(payload: Carried, sizeOf: (payload: unknown) => number): unknown {
    if (typeof payload === "string") return parse(payload);
    const bytes = sizeOf(payload.value);
    if (bytes > this.#maxBytes) this.#refuseSize(bytes);
    return payload.value;
  }

  #takeNotes(): Note[] {
    if (this.#notes.length === 0) return [];
    const notes = this.#notes;
    for (const [index, count] of this.#leftOut) notes.push(["left-out", index, count]);
    this.#notes = [];
    this.#leftOut = new Map();
    this.#logs = 0;
    return notes;
  }
}

/** Attributes as plain strings. */
export function readAttributes(attributes: unknown): Record<string, string> | undefined {
  if (typeof attributes !== "object" || attributes === null || keys(attributes).length === 0)
    return undefined;
  return fromEntries(entries(attributes).map(([name, value]) => [name, String(value)]));
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) bytes += code > 0x7ff ? 2 : 1;
    if (code >= 0xd800 && code <= 0xdbff && index + 1 < text.length) {
      bytes -= 1; // a surrogate pair is four bytes
      index += 1;
    }
  }
  return bytes;
}
