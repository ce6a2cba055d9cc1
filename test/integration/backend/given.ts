// What the tests of the real backends share.
import type {
  Backend,
  Durability,
  StreamEntry,
  Subscription,
  TopicAddress,
} from "../../../engine/backend/backend.ts";
import { openRedis } from "../../../engine/backend/redis/redis.ts";
import { createLogger, type Logger, type LogLine } from "../../../engine/base/logger.ts";

export {
  all,
  bodies,
  bytes,
  pendingOf,
  reader,
  readNow,
  settle,
  someTopic,
  text,
} from "../../contracts/backend/given.ts";

/** A log that keeps its lines. */
export function listeningLogger(): { logger: Logger; lines: LogLine[] } {
  const logger = createLogger({ level: "info", json: true, write: () => undefined });
  const lines: LogLine[] = [];
  logger.onLine((line) => lines.push(line));
  return { logger, lines };
}

export function openTestRedis(url: string, logger: Logger = listeningLogger().logger): Promise<Backend> {
  return openRedis({ url, namespace: "mr", engineId: "test", logger });
}

/** Publishes the numbers from 0 in small batches, several at once; resolves when all are acknowledged. */
export async function publishNumbers(
  backend: Backend,
  stream: TopicAddress,
  count: number,
  pauseMs = 0,
  options: { durability?: Durability } = {},
): Promise<void> {
  const acknowledged: Promise<unknown>[] = [];
  for (let number = 0; number < count; number += 5) {
    const bodies = [0, 1, 2, 3, 4].map((offset) => Buffer.from(String(number + offset)));
    acknowledged.push(backend.streams.publish(stream, { id: "numbers", sequence: number }, bodies, options));
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  await Promise.all(acknowledged);
}

export function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, number) => String(number));
}

/**
 * Works off a stream as an engine does: own pending entries first, then what is new; each into `output`, exactly once.
 * Ends when the output holds `count` entries.
 */
export async function workOff(
  backend: Backend,
  subscription: Subscription,
  output: TopicAddress,
  count: number,
  options: { durability?: Durability } = {},
): Promise<void> {
  let drain = true;
  using _ = backend.onHealth(({ up }) => {
    if (up) drain = true;
  });
  const signal = new AbortController().signal;
  for (;;) {
    let entries: StreamEntry[];
    if (drain) {
      drain = false;
      entries = await backend.streams.readOwnPending(subscription, "0", 1000);
    } else {
      entries = await backend.streams.read(subscription, { count: 16, waitMs: 500, signal });
    }
    await backend.streams.commit(
      entries.map(({ id, body = new Uint8Array() }) => ({
        inputs: [{ subscription, id }],
        effects: [{ kind: "append", stream: output, body, ...options }],
      })),
    );
    if ((await backend.streams.info(output)).length >= count) return;
  }
}
