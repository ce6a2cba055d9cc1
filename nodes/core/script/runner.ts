// Runs one node's script: messages go over in batches, and each comes back as its own outcome.
import {
  type BatchHandler,
  type Delivery,
  type NodeContext,
  parseDuration,
  type ScriptEffects,
  type ScriptMessage,
  type StatusLevel,
} from "@millrace/sdk";
import { fieldsOf } from "../value/fields.ts";
import { scopeOf } from "../value/reference.ts";

/** How many messages cross to the isolate at once, at most. */
export const SCRIPT_BATCH = 256;

export interface ScriptSettings {
  readonly name: string;
  readonly code: string;
  readonly config: unknown;
  readonly outputs: Iterable<string>;
  readonly timeout: string;
  readonly memoryMb: number;
  readonly env: readonly string[];
}

export interface RunningScript {
  /** A handler for one input; `port` is told to the script where it has several. */
  handler(port?: string): BatchHandler;
  close(): Promise<void>;
}

/** Loads the script. Rejects with a sentence that has line and column when it does not compile. */
export async function startScript(context: NodeContext, settings: ScriptSettings): Promise<RunningScript> {
  const env = settings.env.flatMap((name) => {
    const value = context.env(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const effects = effectsOf(context);
  const script = await context.scripts.load(
    {
      name: settings.name,
      code: settings.code,
      config: settings.config,
      outputs: [...new Set(settings.outputs)],
      timeoutMs: parseDuration(settings.timeout),
      memoryMb: settings.memoryMb,
      env: Object.fromEntries(env),
    },
    effects,
  );

  const run = async (
    messages: readonly ScriptMessage[],
    deliveries: readonly Delivery[],
  ): Promise<(Error | undefined)[]> => {
    const outcomes = await script.run(
      messages,
      (index) => within(context, effects, deliveries[index]),
      context.signal,
    );
    const taken = deliveries.map((delivery, index) => {
      const outcome = outcomes[index];
      if (!outcome) return new Error("The script gave no answer to this message.");
      return outcome.ok ? emitAll(context, delivery, outcome.emits) : outcome.error;
    });
    return Promise.all(taken);
  };

  return {
    handler: (port) => ({
      batch: SCRIPT_BATCH,
      handle: (messages, deliveries) =>
        run(
          port === undefined ? messages : messages.map((message) => ({ ...fieldsOf(message), port })),
          deliveries,
        ),
    }),
    close: () => script.close(),
  };
}

/** Resolves to what went wrong when a topic refused one; nothing when all were taken. */
async function emitAll(
  { emit }: NodeContext,
  from: Delivery,
  emits: readonly { port: string; payload: unknown; attributes?: Record<string, string> }[],
): Promise<Error | undefined> {
  try {
    const [only] = emits;
    if (only && emits.length === 1) await emit(only.port, only.payload, optionsOf(from, only.attributes));
    else await Promise.all(emits.map((one) => emit(one.port, one.payload, optionsOf(from, one.attributes))));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function optionsOf(from: Delivery, attributes: Record<string, string> | undefined) {
  return attributes ? { from, attributes } : { from };
}

/** What a script does to state while it works on a message is part of that message's delivery. */
function within(context: NodeContext, effects: ScriptEffects, delivery: Delivery | undefined): ScriptEffects {
  if (!delivery) return effects;
  return { ...effects, state: (request) => context.within(delivery, () => effects.state(request)) };
}

const LEVELS: readonly StatusLevel[] = ["idle", "info", "ok", "warning", "error"];

function effectsOf({ log, status, state, emit }: NodeContext): ScriptEffects {
  return {
    log: (level, text) => log[level](text),
    status: (text, level) => status(text, LEVELS.find((known) => known === level) ?? "info"),
    async state({ op, scope, key, value, expected }) {
      const store = scopeOf(state, scope === "node" ? "state" : scope);
      switch (op) {
        case "get":
          return store.get(key);
        case "set":
          return store.set(key, value);
        case "delete":
          return store.delete(key);
        case "replace":
          return store.replace(key, expected, value);
      }
    },
    emit(port, payload, attributes) {
      emit(port, payload, { from: [], ...(attributes && { attributes }) }).catch((error: unknown) => {
        log.error(error instanceof Error ? error.message : String(error), { port });
      });
    },
  };
}
