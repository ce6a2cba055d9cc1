// A message as it came from a stream or channel, given what the sender left out.
import type { WireMessage } from "../codec/index.ts";
import { EngineMessage } from "./engine-message.ts";
import { hashText, type IdWords, randomWords } from "./message-id.ts";
import type { Tree } from "./tree.ts";

export interface Arrival {
  readonly topic: string;
  /** When it came in, for senders that say no time. */
  readonly arrived: number;
  /** The entry of a stream: an id is made from it, so that redelivery keeps it. */
  readonly entry?: string;
  readonly attempt?: number;
  readonly trees?: readonly Tree[];
}

export function messageFromWire(wire: WireMessage, arrival: Arrival): EngineMessage {
  return new EngineMessage({
    topic: arrival.topic,
    time: wire.time ?? arrival.arrived,
    source: wire.source ?? "",
    correlation: wire.correlationId,
    attributes: wire.attributes,
    attempt: arrival.attempt ?? 1,
    payload: wire.payload,
    trees: arrival.trees,
    isRoot: arrival.trees !== undefined,
    id: wire.id ?? wordsOfArrival(arrival),
  });
}

function wordsOfArrival({ topic, entry, arrived }: Arrival): IdWords {
  if (entry === undefined) return randomWords(arrived);
  const a = hashText(entry, hashText(topic));
  const b = hashText(entry, a);
  return { ms: Number.parseInt(entry, 10) || arrived, a, b, c: hashText(entry, b) };
}
