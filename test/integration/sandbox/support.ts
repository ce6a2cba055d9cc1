// A sandbox for a test, and short ways to load scripts and run messages.
import { isDeepStrictEqual } from "node:util";
import type { LoadedScript, Message, ScriptEffects, ScriptOutcome, ScriptSource } from "@millrace/sdk";
import { createLogger } from "../../../engine/base/logger.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../../engine/sandbox/index.ts";

const never = new AbortController().signal;

export function makeSandbox(options: Partial<SandboxOptions> = {}): Sandbox {
  return createSandbox({
    logger: createLogger({ level: "silent", json: true, write: () => {} }),
    ...options,
  });
}

/** What a script said and asked, in order. */
export class Witness implements ScriptEffects {
  readonly logs: string[] = [];
  readonly statuses: string[] = [];
  readonly emits: unknown[] = [];
  readonly stored = new Map<string, unknown>();
  readonly #waiting: { text: string; resolve: () => void }[] = [];

  log = (level: string, text: string) => {
    this.logs.push(`${level} ${text}`);
    this.#wake(text);
  };
  status = (text: string, level: string) => {
    this.statuses.push(`${level} ${text}`);
  };
  emit = (port: string, payload: unknown, attributes?: Record<string, string>) => {
    this.emits.push(attributes ? [port, payload, attributes] : [port, payload]);
    this.#wake(`emit ${port}`);
  };
  state = async (request: Parameters<ScriptEffects["state"]>[0]) => {
    const key = `${request.scope} ${request.key}`;
    switch (request.op) {
      case "get":
        return this.stored.get(key);
      case "set":
        return void this.stored.set(key, request.value);
      case "delete":
        return void this.stored.delete(key);
      case "replace": {
        if (!isDeepStrictEqual(this.stored.get(key), request.expected)) return false;
        if (request.value === undefined) this.stored.delete(key);
        else this.stored.set(key, request.value);
        return true;
      }
    }
  };

  /** Resolves when a line that contains `text` was logged, or `emit <port>` happened, from now on. */
  until(text: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ text, resolve }));
  }

  #wake(text: string): void {
    for (const waiting of this.#waiting) if (text.includes(waiting.text)) waiting.resolve();
  }
}

export function source(code: string, more: Partial<ScriptSource> = {}): ScriptSource {
  return {
    name: "main.x.ts",
    code,
    config: {},
    outputs: ["out", "other"],
    timeoutMs: 5_000,
    memoryMb: 32,
    env: {},
    ...more,
  };
}

export function message(payload: unknown, more: Partial<Message> = {}): Message {
  return {
    id: "0198",
    topic: "in",
    time: 1,
    source: "main/timer",
    correlationId: "0198",
    attributes: {},
    attempt: 1,
    payload,
    ...more,
  };
}

export async function outcomes(
  script: LoadedScript,
  payloads: readonly unknown[],
  witness: ScriptEffects = new Witness(),
  signal: AbortSignal = never,
): Promise<ScriptOutcome[]> {
  return script.run(
    payloads.map((payload) => message(payload)),
    () => witness,
    signal,
  );
}

/** Payloads that went to `out`, or the sentence of the failure; one entry for each message. */
export async function results(script: LoadedScript, payloads: readonly unknown[]): Promise<unknown[]> {
  return (await outcomes(script, payloads)).map((outcome) =>
    outcome.ok ? outcome.emits.map(({ payload }) => payload) : outcome.error.message,
  );
}

/** Loads the code into a flow, runs it on one message, and tells what came out. */
export async function resultOf(
  sandbox: Sandbox,
  code: string,
  more: Partial<ScriptSource> = {},
): Promise<unknown> {
  const script = await sandbox.forFlow("one").load(source(code, more), new Witness());
  const [result] = await results(script, [1]);
  await script.close();
  return result;
}
