// The inside of a script's context: runs batches, keeps what the script says until the runner fetches it. The host
// calls the exported functions; nothing here calls out, but for URLs and random bytes. One per script.
import { installGlobals, type RandomBridge } from "./globals.ts";
import { SLICE_MS } from "./limits.ts";
import { Outbox, RefusedError } from "./outbox.ts";
import { makePacker, type Packer, type PackerLibrary } from "./packer.ts";
import { type Control, describeFailure, type FailureReport, show } from "./report.ts";
import { emitFrom, recordOf, ScriptContext, type Surroundings } from "./script-api.ts";
import { StateClient } from "./state-client.ts";
import { Timers } from "./timers.ts";
import type { UrlBridge } from "./url.ts";

type Handler = (...args: unknown[]) => unknown;

const { parse, stringify } = JSON;
const { now } = Date;

interface Settings {
  readonly config: unknown;
  readonly env: Record<string, string>;
  readonly outputs: readonly string[];
  readonly maxPayloadBytes: number;
}

const timers = new Timers();
let outbox: Outbox;
let around: Surroundings;
let state: StateClient;
let packer: Packer | undefined;
/** Shared with the runner: the place of the message being worked on, or -1. */
let progress: Int32Array;
let outside: ScriptContext;

let handler: Handler;
let hooks: { start: Handler | undefined; stop: Handler | undefined };
let names: readonly string[];

let batch: readonly unknown[] = [];
let next = 0;
let runId = 0;
let current: ScriptContext | undefined;
let waiting = false;
let phase: Control["batch"] = "none";
let task: "waiting" | "done" | { failed: FailureReport } | undefined;
let sliceEnd = 0;
/** The last answer of `go`, in case an unhandled rejection took its place. */
let last = { run: 0, answer: "" };

export function configure(
  settings: string,
  shared: SharedArrayBuffer,
  url: UrlBridge,
  random: RandomBridge,
): void {
  const { config, env, outputs, maxPayloadBytes } = parse(settings) as Settings;
  progress = new Int32Array(shared);
  outbox = new Outbox(maxPayloadBytes);
  state = new StateClient(outbox);
  around = { outbox, state, outputs: new Set(outputs), config: freeze(config), env: freeze(env) };
  outside = new ScriptContext(-1, around);
  installGlobals(timers, url, random);
  Object.defineProperty(globalThis, "console", {
    value: outside.console,
    writable: true,
    configurable: true,
  });
}

/** `bodyNames`: what a body is handed beside the message; empty for a module, which gets the context. */
export function attach(
  run: Handler,
  start: Handler | undefined,
  stop: Handler | undefined,
  bodyNames: string,
): void {
  handler = run;
  hooks = { start, stop };
  names = bodyNames === "" ? ["*"] : (parse(bodyNames) as string[]);
}

export function usePacker(library: PackerLibrary): void {
  packer = makePacker(library);
}

export function run(text: string, id: number): string {
  return begin(parse(text) as unknown[], id);
}

export function runPacked(bytes: ArrayBuffer, id: number): string {
  return begin((packer as Packer).unpack(new Uint8Array(bytes)) as unknown[], id);
}

function begin(messages: readonly unknown[], id: number): string {
  batch = messages;
  runId = id;
  next = 0;
  return go();
}

/**
 * Goes on with the batch. Answers "D" and the document when that was all; "" asks for `collect`; "B" says that the
 * script broke what we are made of.
 */
export function go(): string {
  try {
    sliceEnd = now() + SLICE_MS;
    advance();
    if (phase !== "done" || outbox.isMixed || timers.changed || task !== undefined) return "";
    const answer = `D${outbox.takeJson()}`;
    phase = "none";
    last = { run: runId, answer };
    return answer;
  } catch {
    return "B";
  }
}

function advance(): void {
  phase = "more";
  while (next < batch.length) {
    progress[0] = next;
    const message = batch[next];
    const context = new ScriptContext(next, around);
    next += 1;
    current = context;
    try {
      const result = call(handler, message, context);
      if (isPromise(result)) {
        waiting = true;
        phase = "waiting";
        result.then(
          (value) => resume(context, value, false),
          (error) => resume(context, error, true),
        );
        return;
      }
      settle(context, result);
    } catch (error) {
      fail(context, error);
    }
    if (now() >= sliceEnd) break;
  }
  if (next < batch.length) return;
  progress[0] = -1;
  batch = [];
  phase = "done";
}

function call(target: Handler, message: unknown, context: ScriptContext): unknown {
  const scope = context as unknown as Record<string, unknown>;
  switch (names.length) {
    case 0:
      return target(message);
    case 1:
      return names[0] === "*" ? target(message, context) : target(message, scope[names[0] as string]);
    case 2:
      return target(message, scope[names[0] as string], scope[names[1] as string]);
    default: {
      const args: unknown[] = [message];
      for (let index = 0; index < names.length; index += 1) args.push(scope[names[index] as string]);
      return target(...args);
    }
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
  );
}

function resume(context: ScriptContext, value: unknown, failed: boolean): void {
  if (context !== current || !waiting) return;
  waiting = false;
  if (failed) fail(context, value);
  else {
    try {
      settle(context, value);
    } catch (error) {
      fail(context, error);
    }
  }
  if (now() >= sliceEnd) phase = next < batch.length ? "more" : finish();
  else advance();
}

function finish(): "done" {
  progress[0] = -1;
  batch = [];
  return "done";
}

function settle(context: ScriptContext, result: unknown): void {
  const record = recordOf(context);
  if (record.emits.length === 0 && result !== undefined && result !== null && !Array.isArray(result)) {
    requireOut();
    outbox.settleOne(outbox.carry(result));
  } else {
    if (Array.isArray(result)) {
      for (let index = 0; index < result.length; index += 1) {
        const item = result[index];
        if (item !== undefined && item !== null) returnOne(context, item);
      }
    } else if (result !== undefined && result !== null) returnOne(context, result);
    outbox.settle(record.emits);
  }
  record.settled = true;
}

function returnOne(context: ScriptContext, payload: unknown): void {
  requireOut();
  emitFrom(recordOf(context), around, "out", payload);
}

function requireOut(): void {
  if (!around.outputs.has("out")) throw new RefusedError("no-out", "");
}

function fail(context: ScriptContext, error: unknown): void {
  recordOf(context).settled = true;
  outbox.fail(error);
}

/** Gives the batch up: the message that waits may go on, but nobody listens any more. */
export function cancel(): void {
  if (current) {
    const record = recordOf(current);
    record.dropped = !record.settled;
    record.settled = true;
  }
  outbox.dropSettled();
  current = undefined;
  waiting = false;
  batch = [];
  next = 0;
  phase = "none";
  progress[0] = -1;
}

export function start(): void {
  beginTask(hooks.start);
}

export function stop(): void {
  beginTask(hooks.stop);
}

function beginTask(hook: Handler | undefined): void {
  task = "done";
  if (!hook) return;
  try {
    const result = hook(outside);
    if (!isPromise(result)) return;
    task = "waiting";
    result.then(
      () => {
        task = "done";
      },
      (error) => {
        task = { failed: describeFailure(error, error instanceof RefusedError ? error.kind : undefined) };
      },
    );
  } catch (error) {
    task = { failed: describeFailure(error, error instanceof RefusedError ? error.kind : undefined) };
  }
}

export function fire(id: number): void {
  sliceEnd = now() + SLICE_MS;
  try {
    timers.fire(id);
  } catch (error) {
    outbox.log(-1, "error", `A timer failed. ${show(error)}`);
  }
}

/** The engine's answer to a state request; JSON of the value, or of the error's sentence. */
export function answer(request: number, ok: boolean, text: string): void {
  sliceEnd = now() + SLICE_MS;
  state.answer(request, ok, text === "" ? undefined : parse(text));
}

export function answerPacked(request: number, bytes: ArrayBuffer): void {
  sliceEnd = now() + SLICE_MS;
  state.answer(request, true, (packer as Packer).unpack(new Uint8Array(bytes)));
}

/**
 * What happened since the last call: control as JSON, a line break, the document or nothing. "P" and the run
 * when the document must be packed: `collectPacked` first, then `collect` again.
 */
export function collect(): string {
  if (outbox.isMixed) return `P${runId}`;
  const { started, cleared } = timers.take();
  const control: Control = {
    run: runId,
    batch: phase,
    at: next - 1,
    ...(task === undefined ? {} : { task }),
    timers: started,
    cleared,
  };
  if (phase === "done" || phase === "more") phase = "none"; // told once: two may be asking
  if (task !== "waiting") task = undefined;
  return `${stringify(control)}\n${outbox.isEmpty ? "" : outbox.takeJson()}`;
}

export function collectPacked(): ArrayBuffer {
  const tool = packer as Packer;
  const bytes = tool.pack(outbox.takeMixed((payload) => tool.pack(payload).byteLength));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

/** What `go` answered when it ended this run; "" when it did not. */
export function again(run: number): string {
  return last.run === run ? last.answer : "";
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key of Object.keys(value)) freeze((value as Record<string, unknown>)[key]);
  }
  return value;
}
