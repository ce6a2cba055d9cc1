// Publishing of one producer to one stream goes one batch after the other: if an earlier batch were repeated after a
// later one was appended, the high-water mark would take it for known, and it would be lost. What is asked meanwhile
// goes out together in the next batch.

import type { Fence } from "../leases.ts";

const MOST_BODIES = 1024;
const MOST_BYTES = 1024 * 1024;

export interface Batch {
  readonly sequence: number;
  readonly bodies: readonly Uint8Array[];
  readonly fence?: Fence | undefined;
}

interface Waiting extends Batch {
  readonly resolve: (answer: { ids: (string | undefined)[]; waiting: number }) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchAnswer {
  readonly ids: readonly (string | undefined)[];
  readonly waiting: number;
}

export class Lanes {
  readonly #lanes = new Map<string, Waiting[]>();

  /** `send` is called with one batch of the lane at a time; it must settle only with a definite answer. */
  publish(lane: string, batch: Batch, send: (batch: Batch) => Promise<BatchAnswer>): Promise<BatchAnswer> {
    return new Promise((resolve, reject) => {
      const waiting = this.#lanes.get(lane);
      if (waiting) {
        waiting.push({ ...batch, resolve, reject });
        return;
      }
      const queue: Waiting[] = [{ ...batch, resolve, reject }];
      this.#lanes.set(lane, queue);
      void this.#drain(lane, queue, send);
    });
  }

  async #drain(lane: string, queue: Waiting[], send: (batch: Batch) => Promise<BatchAnswer>): Promise<void> {
    while (queue.length > 0) {
      const together = takeTogether(queue);
      try {
        const bodies =
          together.length === 1 ? (together[0]?.bodies ?? []) : together.flatMap((each) => each.bodies);
        const answer = await send({
          sequence: together[0]?.sequence ?? 0,
          bodies,
          fence: together[0]?.fence,
        });
        let from = 0;
        for (const each of together) {
          const ids = answer.ids.slice(from, from + each.bodies.length);
          from += each.bodies.length;
          each.resolve({ ids, waiting: answer.waiting });
        }
      } catch (error) {
        for (const each of together) each.reject(error);
      }
    }
    this.#lanes.delete(lane);
  }
}

/** Takes the first batch and those that follow it without a gap, up to a size. */
function takeTogether(queue: Waiting[]): Waiting[] {
  let bodies = 0;
  let bytes = 0;
  let next: number | undefined;
  let count = 0;
  for (const each of queue) {
    const size = each.bodies.reduce((sum, body) => sum + body.length, 0);
    const fits = bodies + each.bodies.length <= MOST_BODIES && bytes + size <= MOST_BYTES;
    const follows = each.sequence === next && sameFence(each.fence, queue[0]?.fence);
    if (count > 0 && (!follows || !fits)) break;
    bodies += each.bodies.length;
    bytes += size;
    next = each.sequence + each.bodies.length;
    count++;
  }
  return queue.splice(0, count);
}

function sameFence(left: Fence | undefined, right: Fence | undefined): boolean {
  if (left === right) return true;
  return (
    left?.epoch === right?.epoch &&
    left?.lease.name === right?.lease.name &&
    left?.lease.flow === right?.lease.flow
  );
}
