// What happens in each kind of room on this engine: makes LiveEvents of what flows, topics and the log tell.

import type { TopicMessage } from "../admin/api.ts";
import type { Clock } from "../base/clock.ts";
import { disposable } from "../base/disposable.ts";
import { roomUnknown } from "../base/errors/view.ts";
import type { Logger } from "../base/logger.ts";
import type { LiveEvent } from "../control.ts";
import type { FlowSet } from "../deploy/flow-set.ts";
import type { EngineMessage } from "../topics/engine-message.ts";
import type { LastStats } from "./last-stats.ts";
import { shownValue } from "./shown.ts";
import { watchStats } from "./stats.ts";

export interface RoomParts {
  readonly engineId: string;
  readonly flows: FlowSet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly lastStats: LastStats;
}

const KINDS = ["status", "debug", "stats", "tap", "log", "engines", "deploy"] as const;
type Kind = (typeof KINDS)[number];

interface ParsedRoom {
  readonly kind: Kind;
  readonly flow: string;
  readonly topic: string;
}

/** Throws when there is no such kind of room, or it names no flow where it must. */
export function parseRoom(room: string): ParsedRoom {
  const [kind = "", ...rest] = room.split(":");
  const name = rest.join(":");
  const known = KINDS.find((each) => each === kind);
  const isGeneral = known === "log" || known === "engines" || known === "deploy";
  const slash = name.indexOf("/");
  if (!known || isGeneral !== (name === "") || (known === "tap" && slash < 1)) throw roomUnknown({ room });
  return known === "tap"
    ? { kind: known, flow: name.slice(0, slash), topic: name.slice(slash + 1) }
    : { kind: known, flow: name, topic: "" };
}

/** Rooms whose events are made only while somebody watches. The others are told as things happen. */
export function roomSource(parts: RoomParts): (room: string, show: (event: LiveEvent) => void) => Disposable {
  return (room, show) => {
    const { kind, flow, topic } = parseRoom(room);
    switch (kind) {
      case "stats":
        return showStats(parts, flow, show);
      case "tap":
        return tapTopic(parts, flow, topic, show);
      case "log":
        return parts.log.onLine((line) =>
          show({ name: "log-line", data: { engine: parts.engineId, ...line } }),
        );
      default:
        return disposable(() => undefined);
    }
  };
}

function showStats(parts: RoomParts, flow: string, show: (event: LiveEvent) => void): Disposable {
  const watching = watchStats({
    flow,
    runtime: () => runtimeOf(parts.flows, flow),
    clock: parts.clock,
    show: (data) => {
      parts.lastStats.learn(data);
      show({ name: "topic-stats", data });
    },
  });
  return disposable(() => {
    watching[Symbol.dispose]();
    parts.lastStats.forget(flow);
  });
}

/**
 * What stands, for someone who comes: in a status room the last status of each node (for one that stands by, the engine
 * that runs it answers), in a stats room the last numbers.
 */
export function roomGreeting(parts: RoomParts): (room: string) => LiveEvent[] {
  return (room) => {
    const { kind, flow } = parseRoom(room);
    const stats = kind === "stats" ? parts.lastStats.of(flow) : undefined;
    if (stats) return [{ name: "topic-stats", data: stats }];
    const runtime = kind === "status" ? runtimeOf(parts.flows, flow) : undefined;
    const speaking = [...(runtime?.runners() ?? [])].filter((runner) => !runner.standsBy);
    return speaking.map((runner) => ({
      name: "node-status" as const,
      data: {
        flow,
        node: runner.planned.id,
        state: runner.state,
        ...runner.status,
        time: parts.clock.now(),
      },
    }));
  };
}

export function topicMessage(message: EngineMessage, entry: string): TopicMessage {
  const { id, time, source, correlationId, attributes, attempt } = message;
  return {
    entry,
    id,
    time,
    source,
    correlationId,
    attributes,
    attempt,
    payload: shownValue(message.payload).value,
  };
}

function tapTopic(
  parts: RoomParts,
  flow: string,
  name: string,
  show: (event: LiveEvent) => void,
): Disposable {
  const topic = runtimeOf(parts.flows, flow)?.topics.get(name);
  if (!topic) return disposable(() => undefined);
  return topic.tap((message) =>
    show({ name: "topic-message", data: { flow, topic: name, message: topicMessage(message, "") } }),
  );
}

function runtimeOf(flows: FlowSet, flow: string) {
  const deployer = flows.find(flow);
  return deployer?.state === "running" ? deployer.running() : undefined;
}
