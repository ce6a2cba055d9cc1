// How much of a stream one reader may have under way: messages and bytes. What is more waits in the backend.
import type { StreamEntry } from "../backend/backend.ts";

/** Of one reader: a node on one stream. */
const MESSAGES = 64;
const BYTES = 16 * 1024 * 1024;
/** Until sizes are known, each message may be as large as one can be. */
const LARGEST_BYTES = 1024 * 1024;
/** How much one message weighs in the average of all. */
const WEIGHT = 1 / 16;

export class Budget {
  #messages = 0;
  #bytes = 0;
  #average = LARGEST_BYTES;

  /** Half of it is free. A reader refills by halves, so that reads carry many. */
  get isHalfFree(): boolean {
    return this.#messages <= MESSAGES / 2 && this.#bytes <= BYTES / 2;
  }

  /** How many messages to ask for now, at least one; by the size that they had until now. */
  get room(): number {
    const fitting = Math.floor((BYTES - this.#bytes) / Math.max(1, this.#average));
    return Math.max(1, Math.min(MESSAGES - this.#messages, fitting));
  }

  take(entry: StreamEntry): void {
    const size = sizeOf(entry);
    this.#average += (size - this.#average) * WEIGHT;
    this.#messages++;
    this.#bytes += size;
  }

  giveBack(entry: StreamEntry): void {
    this.#messages--;
    this.#bytes -= sizeOf(entry);
  }
}

function sizeOf({ body, fields }: StreamEntry): number {
  if (body) return body.length;
  let size = 0;
  for (const name in fields) size += name.length + (fields[name]?.length ?? 0);
  return size;
}
