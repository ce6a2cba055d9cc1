// What people do with messages that were given up: put them back where they came from, or throw them away. And what
// they do with messages that are kept: have them handled once more.
import type { Removal, StreamEntry, StreamStore, TopicAddress } from "../backend/backend.ts";
import type { TopicCodec } from "../codec/index.ts";
import { DEAD_LETTER_ATTRIBUTES } from "./dead-letter.ts";
import { EngineMessage } from "./engine-message.ts";
import { messageFromWire } from "./from-wire.ts";
import { hashText } from "./message-id.ts";
import { compareEntryIds } from "./order.ts";

/** Entries in one step. */
const STEP = 100;

export interface Letters {
  readonly streams: StreamStore;
  /** The dead-letter topic. */
  readonly address: TopicAddress;
  readonly codec: TopicCodec;
}

/** A topic that letters go back to. */
export interface Origin {
  readonly name: string;
  readonly codec: TopicCodec;
  /** The stream that a message with this payload belongs to. */
  readonly placeOf: (payload: unknown) => TopicAddress;
}

/**
 * Puts letters back at the end of the topic they came from, for the reader that had given them up, with fresh attempts
 * and the same id; with `payload`, changed and under an id of its own. Each is out of the dead letters in the same step,
 * so it is put back once. How many were.
 */
export async function retryLetters(
  letters: Letters,
  origin: Origin,
  request: { readonly ids: readonly string[] | "all"; readonly payload?: unknown },
): Promise<number> {
  const groups = new Set<string>();
  const { streams } = letters;
  for (const { group } of (await streams.info(origin.placeOf(undefined))).groups) groups.add(group);
  return forEach(letters, request.ids, (entry) => {
    const wire = letters.codec.decode(entry.body ?? new Uint8Array());
    const arrived = Number.parseInt(entry.id, 10);
    const letter = messageFromWire(wire, { topic: origin.name, arrived, entry: entry.id });
    const { group } = letter.attributes;
    const message = restored(letter, "payload" in request ? { payload: request.payload } : undefined);
    return {
      id: entry.id,
      instead: {
        stream: origin.placeOf(message.payload),
        body: origin.codec.encode(message),
        group: group !== undefined && groups.has(group) ? group : undefined,
      },
    };
  });
}

/** Removes letters for good. How many there were. */
export function discardLetters(letters: Letters, ids: readonly string[] | "all"): Promise<number> {
  return forEach(letters, ids, ({ id }) => ({ id }));
}

/**
 * Publishes kept messages again, byte for byte: they keep id, time and attributes, so effects outside that go by the id
 * recognise them. To every reader of the stream, or to one group only. How many.
 */
export async function replay(
  streams: StreamStore,
  stream: TopicAddress,
  options: { readonly from: string; readonly to: string; readonly group?: string | undefined },
): Promise<number> {
  const producer = `replay:${crypto.randomUUID()}`;
  let sequence = 0;
  // What is published here comes behind what was there when it began.
  const newest = (await streams.range(stream, { limit: 1 })).entries.at(-1);
  if (!newest) return 0;
  for (let from: string | null = options.from; from !== null; ) {
    const page = await streams.range(stream, { from, to: options.to, limit: STEP });
    const entries = page.entries.filter(({ id }) => compareEntryIds(id, newest.id) <= 0);
    const bodies = entries.flatMap(({ body }) => body ?? []);
    if (bodies.length > 0)
      await streams.publish(stream, { id: producer, sequence }, bodies, { group: options.group });
    sequence += bodies.length;
    from = entries.length < page.entries.length ? null : page.next;
  }
  return sequence;
}

async function forEach(
  { streams, address }: Letters,
  ids: readonly string[] | "all",
  removalOf: (entry: StreamEntry) => Removal,
): Promise<number> {
  let done = 0;
  for await (const entries of ids === "all" ? everything(streams, address) : named(streams, address, ids)) {
    const removed = await streams.remove(address, entries.map(removalOf));
    done += removed.filter(Boolean).length;
  }
  return done;
}

/** What is there now; not what comes in meanwhile. */
async function* everything(streams: StreamStore, address: TopicAddress): AsyncGenerator<StreamEntry[]> {
  const newest = (await streams.range(address, { limit: 1 })).entries.at(-1);
  if (!newest) return;
  for (let from: string | null = "0"; from !== null; ) {
    const page = await streams.range(address, { from, to: newest.id, limit: STEP });
    yield page.entries;
    from = page.next;
  }
}

async function* named(
  streams: StreamStore,
  address: TopicAddress,
  ids: readonly string[],
): AsyncGenerator<StreamEntry[]> {
  for (let index = 0; index < ids.length; index += STEP) {
    const found = ids
      .slice(index, index + STEP)
      .map(async (id) => (await streams.range(address, { from: id, to: id, limit: 1 })).entries);
    yield (await Promise.all(found)).flat();
  }
}

function restored(letter: EngineMessage, edit: { payload: unknown } | undefined): EngineMessage {
  const attributes: Record<string, string> = { ...letter.attributes };
  for (const name of DEAD_LETTER_ATTRIBUTES) delete attributes[name];
  return new EngineMessage({
    topic: letter.topic,
    time: letter.time,
    source: letter.source,
    correlation: letter.correlationId,
    attributes,
    attempt: 1,
    payload: edit ? edit.payload : letter.payload,
    trees: undefined,
    isRoot: false,
    id: edit ? letter.derive(hashText("edited"), hashText(JSON.stringify(edit.payload) ?? "")) : letter.id,
  });
}
