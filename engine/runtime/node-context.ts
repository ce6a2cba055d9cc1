// The context of one node: everything it may do, wired to the parts that do it.
import type { Delivery, Message, NodeContext } from "@millrace/sdk";
import { errorText } from "../base/errors/index.ts";
import { unknownTopic } from "../base/errors/topics.ts";
import type { Logger } from "../base/logger.ts";
import type { EngineMessage } from "../topics/engine-message.ts";
import { Inbox, settleMessage } from "../topics/inbox.ts";
import type { Topic } from "../topics/topic.ts";
import { nextRuns } from "./cron.ts";
import { NodeDelivery } from "./delivery.ts";
import type { Emitter } from "./emitter.ts";
import type { NodeRunner } from "./node-runner.ts";
import { ALL_SHARDS } from "./node-shards.ts";
import { nodeState } from "./node-state.ts";
import type { NodeTimers } from "./node-timers.ts";
import type { FlowParts, Powers } from "./powers.ts";
import { resolveSecrets } from "./secrets.ts";

interface ContextParts {
  readonly runner: NodeRunner;
  readonly emitter: Emitter;
  readonly timers: NodeTimers;
  readonly powers: Powers;
  readonly parts: FlowParts;
  readonly log: Logger;
}

/** Messages that may wait for a run-time subscription. */
const SUBSCRIPTION_LIMIT = 1_000;

export async function createContext(given: ContextParts): Promise<NodeContext> {
  const { runner, emitter, timers, powers, parts, log } = given;
  const { planned } = runner;
  const { clock, frames } = powers;
  const ownedByNode = (handle: Disposable): Disposable => {
    runner.signal.addEventListener("abort", () => handle[Symbol.dispose](), { once: true });
    return handle;
  };
  return {
    node: runner.identity(),
    config: deepFreeze(await resolveSecrets(planned.config, powers.secret)),
    wired: { inputs: new Set(planned.inputs.keys()), outputs: wiredOutputs(planned.outputs) },
    emit: emitter.emit,
    log,
    status: (text, level = "info") => runner.setStatus(text, text === "" ? "idle" : level),
    debug: (value, options) =>
      powers.listener.debug?.({
        flow: parts.flow,
        node: planned.id,
        label: options?.label ?? "",
        time: clock.now(),
        value,
        message: options?.message ? trace(options.message) : null,
      }),
    signal: runner.signal,
    clock,
    every: (ms, run, options) => timers.every(ms, run, options),
    after: (ms, run) => timers.after(ms, run),
    cron: (expression, options, run) => timers.cron(expression, options, run),
    nextCron: (expression, options) => nextRuns(expression, options),
    state: nodeState({
      state: powers.state,
      frames,
      flow: parts.flow,
      node: planned.id,
      isVoid: () => runner.isVoid,
    }),
    within: (delivery: Delivery, work) =>
      frames.runFor(delivery instanceof NodeDelivery ? delivery : undefined, work),
    publish: async (name, payload, options) => {
      await emitter.send([topicByName(given, name, options?.format)], payload, options);
    },
    subscribe: async (name, handler, options) => {
      const inbox = new Inbox({ topic: name, port: "", limit: SUBSCRIPTION_LIMIT, overflow: "drop-oldest" });
      const close = await subscribeByName(given, name, inbox, options?.format);
      inbox.onArrival = () => void pump(inbox, handler, given);
      return ownedByNode({
        [Symbol.dispose]() {
          inbox.onArrival = undefined;
          void close().catch((error) => log.warn(`A subscription did not close: ${errorText(error)}`));
        },
      });
    },
    http: {
      route: (route) => ownedByNode(powers.http.route(route)),
      respond: (callId, answer) => powers.http.respond(callId, answer),
    },
    scripts: powers.scripts(parts.flow),
    onFailure: (selector, handler) => ownedByNode(parts.failures.add(planned.id, selector, handler)),
    onStatus: (selector, handler) => ownedByNode(parts.statuses.add(planned.id, selector, handler)),
    shards: runner.shards ?? ALL_SHARDS,
    secret: powers.secret,
    env: powers.env,
  };
}

/** A topic that the flow declares, or a shared one by its name. */
function topicByName({ parts }: ContextParts, name: string, format: string | undefined): Topic {
  const declared = parts.topics.get(name);
  if (declared) return declared;
  if (!name.startsWith("/")) throw unknownTopic({ topic: name });
  return parts.topics.foreign(name, format);
}

async function subscribeByName(
  given: ContextParts,
  name: string,
  inbox: Inbox,
  format: string | undefined,
): Promise<() => Promise<void>> {
  const { topics } = given.parts;
  if (name.includes("*")) {
    const handle = await topics.subscribePattern(name, inbox, format);
    return async () => handle[Symbol.asyncDispose]();
  }
  const topic = topicByName(given, name, format);
  const handle = await topic.subscribe({ node: given.runner.planned.id, inbox, from: "new" });
  return async () => handle[Symbol.asyncDispose]();
}

/** Hands what waits to the handler, one after the other, each as a delivery of its own. */
async function pump(
  inbox: Inbox,
  handler: (message: Message) => void | Promise<void>,
  { powers, runner, log }: ContextParts,
): Promise<void> {
  const wake = inbox.onArrival;
  inbox.onArrival = undefined;
  for (let message = inbox.shift(); message && !runner.signal.aborted; message = inbox.shift()) {
    const current: EngineMessage = message;
    const delivery = new NodeDelivery(
      {
        signal: runner.signal,
        finished: (_, error) => {
          if (error !== undefined) log.error(`A message on "${current.topic}" failed: ${errorText(error)}`);
          settleMessage(current);
        },
      },
      current,
      "",
    );
    try {
      await powers.frames.runFor(delivery, async () => handler(current));
      delivery.handled();
    } catch (error) {
      delivery.fail(error);
    }
  }
  if (!runner.signal.aborted) inbox.onArrival = wake;
}

function wiredOutputs(outputs: ReadonlyMap<string, readonly string[]>): Set<string> {
  return new Set([...outputs].filter(([, topics]) => topics.length > 0).map(([port]) => port));
}

function trace({ id, topic, correlationId }: Message) {
  return { id, topic, correlationId };
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
