// Rules about streams: who holds what is under way, what nobody reads any more, what was given up, what is full. Pure.

import type { DoctorFacts, StreamFacts } from "./doctor-facts.ts";
import { type Finding, judge } from "./doctor-finding.ts";

/** Part of its limit from which on a topic is nearly full. */
const NEARLY = 0.8;
/** How many times of a lease a take-over may take before something is wrong: finding out, and then entry by entry. */
const TAKE_OVER_LEASES = 3;

export function examineStreams(facts: DoctorFacts): Finding[] {
  const { streams } = facts;
  return [
    judge("pending", {
      items: streams.flatMap((stream) => forsaken(stream, facts)),
      level: "violated",
      well: "What is under way belongs to engines that live, or is being taken over.",
      ill: "Messages are held by engines that are gone, and nobody takes them over. Start the flow on some engine; does it run already, look at its log.",
    }),
    judge("orphan-groups", {
      items: streams.flatMap((stream) => strayGroups(stream, facts)),
      level: "warning",
      well: "Every group of a stream belongs to a node that reads it.",
      ill: "Groups of nodes that do not read their topics any more keep these from being trimmed, and count against their limits. Engines remove them once all of them run the newest revision; remove those that are still there after half a minute.",
    }),
    judge("dead-letters", {
      items: streams.flatMap(deadLetters),
      level: "warning",
      well: "No messages were given up.",
      ill: "Messages were given up. Look why, and retry or discard them with: engine dead FLOW/TOPIC.",
    }),
    judge("limits", {
      items: streams.flatMap(nearlyFull),
      level: "warning",
      well: "No topic is near its limit.",
      ill: "Topics are nearly full; then whoever emits waits, or messages are dropped, as the topic says. Look at the slowest reader, run more engines, or raise the limit.",
    }),
  ];
}

function forsaken({ groups = [], ...stream }: StreamFacts, { members, leaseMs }: DoctorFacts): string[] {
  const living = new Set(members.filter(({ lives }) => lives).map(({ card }) => card.consumer));
  return groups.flatMap(({ group, consumers }) =>
    consumers
      .filter(
        ({ name, pending, idleMs }) =>
          pending > 0 && !living.has(name) && idleMs > TAKE_OVER_LEASES * leaseMs,
      )
      .map(({ name, pending }) => `${nameOf(stream)}: ${pending} held by "${name}" for "${group}"`),
  );
}

function strayGroups({ groups = [], ...stream }: StreamFacts, { flows }: DoctorFacts): string[] {
  const { name: topic, shared } = stream.topic;
  const declaring = flows.filter(({ name }) => shared || name === stream.flow);
  const readers = declaring.flatMap(({ name, topics }) =>
    topics
      .filter((each) => each.name === topic)
      .flatMap((each) => each.readers.map((node) => `${name}/${node}`)),
  );
  const known = new Set(readers);
  // Other programs may read a shared topic by groups of their own.
  const isOurs = (group: string) => !shared || flows.some(({ name }) => group.startsWith(`${name}/`));
  return groups.flatMap(({ group, lag, pending, removal }) =>
    known.has(group) || !isOurs(group)
      ? []
      : [`${nameOf(stream)}: group "${group}", ${lag + pending} waiting. Remove it with: ${removal}`],
  );
}

function deadLetters({ flow, topic, info }: StreamFacts): string[] {
  if (topic.deadLettersOf === undefined || info.length === 0) return [];
  return [`${flow}/${topic.deadLettersOf}: ${info.length}`];
}

function nearlyFull({ info, ...stream }: StreamFacts): string[] {
  const waiting = Math.max(0, ...info.groups.map(({ lag, pending }) => lag + pending));
  const { limit } = stream.topic;
  return waiting >= NEARLY * limit ? [`${nameOf(stream)}: ${waiting} of ${limit}`] : [];
}

function nameOf({ flow, topic, partition }: Pick<StreamFacts, "flow" | "topic" | "partition">): string {
  return `${flow}/${topic.name}${partition === undefined ? "" : `, part ${partition}`}`;
}
