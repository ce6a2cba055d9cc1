// Publishes into one stream for what descends from no tree: in order, in batches of what has gathered, one batch in
// flight. The producer name and sequence make a repeated batch harmless (the backend repeats it until it is sure).
import type { Durability, Fence, Producer, StreamStore, TopicAddress } from "../backend/backend.ts";
import { topicClosed } from "../base/errors/topics.ts";
import { failpoint } from "../base/failpoints.ts";

const BATCH_MESSAGES = 512;
const BATCH_BYTES = 1024 * 1024;

interface Waiting {
  readonly body: Uint8Array;
  readonly fence: Fence | undefined;
  readonly mark: Producer | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class StreamPublisher {
  readonly #streams: StreamStore;
  readonly #address: TopicAddress;
  readonly #producer: string;
  readonly #durability: Durability;
  readonly #onWaiting: (waiting: number) => void;
  #sequence = 1;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  readonly #beforePublish = failpoint("before-publish");
  readonly #beforeReply = failpoint("before-publish-reply");

  /** `producer` is never reused. `onWaiting` is told how many messages wait in the stream after each batch. */
  constructor(options: {
    streams: StreamStore;
    address: TopicAddress;
    producer: string;
    durability: Durability;
    onWaiting: (waiting: number) => void;
  }) {
    this.#streams = options.streams;
    this.#address = options.address;
    this.#producer = options.producer;
    this.#durability = options.durability;
    this.#onWaiting = options.onWaiting;
  }

  /**
   * Resolves when the stream has it; throws `backend/fenced` when the lease of the fence is another engine's. With a
   * `mark` it is taken once by that, not as one of this publisher's own.
   */
  publish(body: Uint8Array, fence?: Fence, mark?: Producer): Promise<void> {
    if (this.#closed) return Promise.reject(topicClosed({ topic: this.#address.topic }));
    return new Promise((resolve, reject) => {
      this.#queue.push({ body, fence, mark, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Refuses new messages and waits for what is on its way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // what is published in the same turn goes along
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, batchLength(this.#queue));
      const [first] = batch;
      const producer = first?.mark ?? { id: this.#producer, sequence: this.#sequence };
      if (!first?.mark) this.#sequence += batch.length;
      try {
        if (this.#beforePublish) await this.#beforePublish();
        const { waiting } = await this.#streams.publish(
          this.#address,
          { ...producer, ...(first?.fence && { fence: first.fence }) },
          batch.map(({ body }) => body),
          { durability: this.#durability },
        );
        if (this.#beforeReply) await this.#beforeReply();
        this.#onWaiting(waiting);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = undefined; // in the turn that found the queue empty: what comes now starts anew
  }
}

/** What goes along in one call: caused under the same lease, since it is refused or taken as a whole. */
function batchLength(queue: readonly Waiting[]): number {
  if (queue[0]?.mark) return 1;
  const fence = queue[0]?.fence;
  let bytes = 0;
  for (let length = 0; length < queue.length; length++) {
    bytes += queue[length]?.body.length ?? 0;
    if (length === BATCH_MESSAGES || (bytes > BATCH_BYTES && length > 0)) return length;
    if (queue[length]?.fence !== fence || queue[length]?.mark) return length;
  }
  return queue.length;
}
