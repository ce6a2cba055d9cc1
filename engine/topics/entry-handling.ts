// What readers do with one entry of a stream: open its delivery tree and hand its message to the node's inboxes, and
// when it failed, say when it may be tried again, or give it up to the dead-letter topic.
import type {
  Durability,
  Fence,
  StreamEntry,
  StreamStore,
  Subscription,
  TopicAddress,
} from "../backend/backend.ts";
import type { Clock } from "../base/clock.ts";
import { errorText } from "../base/errors/index.ts";
import { handlingCrashed } from "../base/errors/topics.ts";
import { failpoint } from "../base/failpoints.ts";
import type { Logger } from "../base/logger.ts";
import { foreignMessage, type TopicCodec } from "../codec/index.ts";
import type { PlannedTopic, Retry } from "../flow/plan.ts";
import type { Committer } from "./committer.ts";
import { deadLetter } from "./dead-letter.ts";
import type { EngineMessage } from "./engine-message.ts";
import { messageFromWire } from "./from-wire.ts";
import type { Inbox } from "./inbox.ts";
import { CRASHES_ALLOWED, type Quarantine } from "./quarantine.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { StreamCounts } from "./stream-counts.ts";
import { Tree, type TreeEnd, type TreeFailure } from "./tree.ts";

export interface DeadLetterPlace {
  readonly address: TopicAddress;
  readonly codec: TopicCodec;
  readonly durability: Durability;
}

export interface StreamReaderOptions {
  readonly streams: StreamStore;
  readonly committer: Committer;
  readonly subscription: Subscription;
  readonly planned: PlannedTopic;
  readonly codec: TopicCodec;
  /** Where messages are given up to, and how they are written there. */
  readonly dead: DeadLetterPlace | undefined;
  /** As it stands now: a deploy may change it. */
  readonly retry: () => Retry;
  readonly clock: Clock;
  readonly log: Logger;
  readonly quarantine: Quarantine;
  /** Consumers that are gone, by the beginning of their names: what they held is taken over. */
  readonly gone: readonly string[];
  /** What is read may be settled only while this lease is in this epoch. */
  readonly fence?: Fence | undefined;
  /** Told of every entry taken, for counts and taps. */
  readonly onMessage: (message: EngineMessage) => void;
  /** Counted up for whoever asks. */
  readonly counts: StreamCounts;
}

/** An entry that is being handled. */
export interface OpenEntry {
  readonly entry: StreamEntry;
  readonly attempt: number;
  /** How often its handling was cut short by the end of a process. */
  readonly crashes: number;
  tree: Tree | undefined;
  message: EngineMessage | undefined;
}

export interface DeliverOptions {
  readonly onEnd: (end: TreeEnd) => void;
  /** The tree may be committed only after this one. */
  readonly after?: Tree | undefined;
  /** Before what waits in the inboxes already. */
  readonly goesFirst?: boolean;
}

/** Not handled yet. `crashes`: owners that went away while they had it. */
export function openEntry(entry: StreamEntry, crashes: number): OpenEntry {
  const attempt = entry.failures + crashes + 1;
  return { entry, attempt, crashes, tree: undefined, message: undefined };
}

export class EntryHandling {
  inboxes: readonly Inbox[] = [];
  readonly #options: StreamReaderOptions;
  readonly #beforeDeadLetter = failpoint("before-dead-letter");

  constructor(options: StreamReaderOptions) {
    this.#options = options;
  }

  /**
   * Opens a tree, and delivers. Answers with what makes handling it pointless, when something does: then nothing was
   * delivered, and `onEnd` is not called.
   */
  deliver(open: OpenEntry, { onEnd, after, goesFirst }: DeliverOptions): TreeFailure | undefined {
    const { committer, subscription, fence } = this.#options;
    const { entry } = open;
    const owner = { released: (_: Tree, end: TreeEnd) => onEnd(end) };
    const tree = new Tree(owner, committer, { subscription, id: entry.id });
    open.tree = tree;
    if (fence) tree.guard(fence);
    if (after) tree.waitFor(after);
    if (entry.group !== undefined && entry.group !== subscription.group) {
      tree.settle(); // put back for another group
      return undefined;
    }
    try {
      open.message = this.#messageOf(open, tree);
    } catch (error) {
      return { error, node: "" };
    }
    if (open.crashes >= CRASHES_ALLOWED) return { error: handlingCrashed({ times: open.crashes }), node: "" };
    if (open.attempt === 1) this.#options.onMessage(open.message);
    for (let index = 1; index < this.inboxes.length; index++) tree.branch();
    if (this.inboxes.length === 0) {
      tree.abandon();
      tree.settle();
    }
    for (const inbox of this.inboxes) {
      if (goesFirst) inbox.pushFirst(open.message);
      else void inbox.push(open.message).catch(() => undefined);
    }
    return undefined;
  }

  /** How long to wait before the next attempt; undefined: there is none. */
  retryAfter({ attempt }: OpenEntry, { error }: TreeFailure): number | undefined {
    const retry = this.#options.retry();
    const mayRetry = !(error instanceof Error && "retry" in error && error.retry === false);
    if (!mayRetry || attempt >= retry.attempts) return undefined;
    return retryDelayMs(retry, attempt, Math.random());
  }

  /** Settles the entry and keeps it as a dead letter. False when it was not this reader's any more. */
  async giveUp(open: OpenEntry, failure: TreeFailure): Promise<boolean> {
    const { committer, dead, subscription, planned, log, fence, counts } = this.#options;
    const from = { topic: planned.name, group: subscription.group };
    const effects = dead
      ? [
          {
            kind: "append" as const,
            stream: dead.address,
            body: deadLetter(open, failure, from, dead.codec),
            durability: dead.durability,
          },
        ]
      : [];
    if (this.#beforeDeadLetter) await this.#beforeDeadLetter();
    const inputs = [{ subscription, id: open.entry.id }];
    if (!(await committer.commit({ inputs, effects, ...(fence && { fences: [fence] }) }))) {
      counts.fenced++;
      return false;
    }
    counts[dead ? "deadLettered" : "discarded"]++;
    if (!open.message) counts.unreadable++;
    if (open.crashes >= CRASHES_ALLOWED) counts.crashed++;
    const reason = errorText(failure.error);
    log.error(`A message on "${planned.name}" was given up after ${open.attempt} attempts: ${reason}`, {
      entry: open.entry.id,
      ...(failure.node ? { failed: failure.node } : {}),
      ...(dead ? { deadLetter: dead.address.topic } : {}),
    });
    return true;
  }

  #messageOf({ entry, attempt }: OpenEntry, tree: Tree): EngineMessage {
    const { planned, codec } = this.#options;
    const wire = entry.body === undefined ? foreignMessage(entry.fields ?? {}) : codec.decode(entry.body);
    const arrived = Number.parseInt(entry.id, 10);
    return messageFromWire(wire, { topic: planned.name, arrived, entry: entry.id, attempt, trees: [tree] });
  }
}
