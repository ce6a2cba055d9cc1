// Reads what came out: of Redis directly, past every engine; of the embedded backend through the API.
import { Redis } from "ioredis";
import type { TopicMessages } from "../../../engine/admin/api.ts";
import { decodeEnvelope } from "../../../engine/codec/index.ts";
import type { EngineProcess } from "../engine-process.ts";

const PAGE = 5_000;

export interface Entry {
  readonly id: string;
  readonly payload: unknown;
}

/** All entries of a topic of the flow `main`, oldest first. */
export async function entriesInRedis(port: number, topic: string): Promise<Entry[]> {
  const redis = new Redis({ port, host: "127.0.0.1" });
  try {
    const entries: Entry[] = [];
    for (let from = "-"; ; ) {
      const page = await redis.xrangeBuffer(`mr:{main}:topic:${topic}`, from, "+", "COUNT", PAGE);
      for (const [id, [, body]] of page) {
        entries.push({ id: id.toString(), payload: body && decodeEnvelope(body).payload });
      }
      if (page.length < PAGE) return entries;
      from = `(${entries.at(-1)?.id}`;
    }
  } finally {
    redis.disconnect();
  }
}

export async function entriesByApi(engine: EngineProcess, topic: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let from: string | null = "0"; from !== null; ) {
    const page: TopicMessages = await engine.api(
      "GET",
      `/api/flows/main/topics/${topic}/messages?from=${from}&limit=1000`,
    );
    entries.push(...page.messages.map(({ entry, payload }) => ({ id: entry, payload })));
    from = page.next;
  }
  return entries;
}
