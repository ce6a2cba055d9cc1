// What becomes of a message that a node is done with: settled, tried again after a pause, handed to the error output or
// to catch nodes, or failed, with the tree it belongs to. Keeps the node's last errors.
import type { NodeFailure } from "@millrace/sdk";
import { errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import type { PlannedNode } from "../flow/plan.ts";
import type { EngineMessage } from "../topics/engine-message.ts";
import { type Inbox, settleMessage } from "../topics/inbox.ts";
import { retryDelayMs } from "../topics/retry-delay.ts";
import { NodeDelivery } from "./delivery.ts";
import type { Emitter } from "./emitter.ts";
import { failureOf, mayRetry } from "./failure.ts";
import type { FlowParts, Powers } from "./powers.ts";

const ERRORS_KEPT = 10;

export interface KeptError {
  readonly time: number;
  readonly message: string;
  readonly stack?: string;
}

export interface NodeOutcomesOptions {
  readonly planned: PlannedNode;
  readonly identity: NodeFailure["node"];
  readonly powers: Powers;
  readonly parts: FlowParts;
  readonly emitter: Emitter;
  readonly log: Logger;
  readonly signal: () => AbortSignal;
  /** Where a message came from: it waits there again for its next attempt. */
  readonly inboxOf: (port: string, message: EngineMessage) => Inbox | undefined;
}

export class NodeOutcomes {
  settled = 0;
  failed = 0;
  retried = 0;
  /** Newest first. */
  errors: readonly KeptError[] = [];
  readonly #options: NodeOutcomesOptions;
  /** Messages that wait for their next attempt. */
  readonly #pauses = new Map<EngineMessage, { inbox: Inbox; cancel: () => void }>();

  constructor(options: NodeOutcomesOptions) {
    this.#options = options;
  }

  done({ message, port }: NodeDelivery, error: unknown): void {
    if (error === undefined) {
      this.settled++;
      settleMessage(message);
    } else if (isLost(message)) settleMessage(message);
    else this.#failed(message, port, error);
  }

  /** The node stops: what waits for another attempt goes back to where it waited before. */
  putBack(): void {
    for (const [message, { inbox, cancel }] of this.#pauses) {
      cancel();
      inbox.putBack(message);
    }
    this.#pauses.clear();
  }

  keepError(error: unknown, what: string, level: "error" | "warn" | "debug" = "error"): void {
    const text = errorText(error);
    const stack = error instanceof Error ? error.stack : undefined;
    const kept = { time: this.#options.powers.clock.now(), message: text, ...(stack ? { stack } : {}) };
    this.errors = [kept, ...this.errors].slice(0, ERRORS_KEPT);
    this.#options.log[level](what ? `${what}: ${text}` : text);
  }

  #failed(message: EngineMessage, port: string, error: unknown): void {
    const { planned, parts } = this.#options;
    // What a stream handed out is tried again by its reader, as a whole.
    const rule = message.isRoot
      ? (planned.retry ?? parts.topics.get(message.topic)?.planned.retry)
      : planned.retry;
    const inbox = message.isRoot ? undefined : this.#options.inboxOf(port, message);
    const again = rule !== undefined && message.attempt < rule.attempts && mayRetry(error);
    if (!again || (!message.isRoot && !inbox)) {
      this.#giveUp(message, error);
      return;
    }
    this.retried++;
    this.keepError(error, `Attempt ${message.attempt} of ${rule.attempts} failed`, "warn");
    if (!inbox) {
      this.#failTrees(message, error);
      return;
    }
    const next = message.with({ attempt: message.attempt + 1 });
    const delayMs = retryDelayMs(rule, message.attempt, Math.random());
    const timer = this.#options.powers.clock.schedule(delayMs, () => {
      this.#pauses.delete(next);
      inbox.putBack(next);
      inbox.onArrival?.();
    });
    this.#pauses.set(next, { inbox, cancel: () => timer.cancel() });
  }

  /** After the last attempt: to the error output, to catch nodes, to the dead-letter topic; at least to the log. */
  #giveUp(message: EngineMessage, error: unknown): void {
    this.failed++;
    const { parts, planned, identity } = this.#options;
    const failure = failureOf(identity, message, error);
    const wired = (planned.outputs.get("error") ?? []).length > 0;
    const takers = wired ? [] : parts.failures.takers(failure);
    if (!wired && takers.length === 0) {
      this.keepError(error, "A message failed");
      this.#failTrees(message, error);
      return;
    }
    this.keepError(error, "A message failed", "debug");
    this.#recover(message, async () => {
      if (wired) await this.#options.emitter.emit("error", failure);
      else for (const handle of takers) await handle(failure);
    });
  }

  /** What is emitted meanwhile descends from the failed message; if it goes well, the message is settled. */
  #recover(message: EngineMessage, work: () => Promise<void>): void {
    const finished = (_: NodeDelivery, problem: unknown) => {
      if (problem === undefined) settleMessage(message);
      else this.#failTrees(message, problem);
    };
    const recovery = new NodeDelivery({ signal: this.#options.signal(), finished }, message, "error");
    this.#options.powers.frames.runFor(recovery, work).then(
      () => recovery.handled(),
      (problem) => recovery.fail(problem),
    );
  }

  #failTrees(message: EngineMessage, error: unknown): void {
    for (const tree of message.trees ?? []) tree.fail({ error, node: this.#options.planned.id });
  }
}

/** It belongs to a tree that will not be committed: work on it is wasted. */
export function isLost(message: EngineMessage): boolean {
  return message.trees?.some((tree) => tree.isLost) ?? false;
}
