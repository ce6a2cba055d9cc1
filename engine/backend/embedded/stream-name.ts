// What a stream is called in the table of streams: its topic, and the part on a line of its own; no name of a topic has
// a line break.
import type { TopicAddress } from "../backend.ts";

export function nameOf({ topic, partition }: TopicAddress): string {
  return partition === undefined ? topic : `${topic}\n${partition}`;
}

/** `flow` "": a shared topic. */
export function addressOf(flow: string, name: string): TopicAddress {
  const [topic = "", partition] = name.split("\n");
  return { flow: flow || undefined, topic, ...(partition !== undefined && { partition: Number(partition) }) };
}
