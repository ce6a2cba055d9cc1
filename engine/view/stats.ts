// Once a second, for a flow that is watched: what changed of its topics and nodes.
import type { NodeCounts, TopicStatsEvent } from "../admin/api.ts";
import type { Clock, ClockTimer } from "../base/clock.ts";
import type { FlowRuntime } from "../runtime/flow-runtime.ts";
import type { NodeRunner } from "../runtime/node-runner.ts";
import { MemoryTopic } from "../topics/memory.ts";
import { StreamTopic } from "../topics/stream.ts";
import type { Topic } from "../topics/topic.ts";

const EVERY_MS = 1_000;

/** `runtime` may be another one after a restart, or none while the flow is stopped. */
export function watchStats(options: {
  flow: string;
  runtime: () => FlowRuntime | undefined;
  clock: Clock;
  show: (event: TopicStatsEvent) => void;
}): Disposable {
  const topicCounts = new WeakMap<Topic, number>();
  const shown = new Map<string, string>();
  let lastLook = options.clock.monotonic();
  let timer: ClockTimer;
  const look = () => {
    const now = options.clock.monotonic();
    const seconds = Math.max(0.001, (now - lastLook) / 1000);
    lastLook = now;
    const runtime = options.runtime();
    if (runtime) {
      for (const stream of runtime.topics.streams()) void stream.look(); // shown at the next turn
      const topics = [...runtime.topics.all()].map((topic) => {
        const before = topicCounts.get(topic) ?? topic.count;
        topicCounts.set(topic, topic.count);
        const rate = Math.round(((topic.count - before) / seconds) * 10) / 10;
        return { topic: topic.planned.name, rate, waiting: waitingIn(topic), limit: topic.planned.limit };
      });
      const nodes = [...runtime.runners()].map((runner) => ({
        node: runner.planned.id,
        ...countsOf(runner),
      }));
      const event = {
        flow: options.flow,
        topics: topics.filter((entry) => isNew(shown, `topic ${entry.topic}`, entry)),
        nodes: nodes.filter((entry) => isNew(shown, `node ${entry.node}`, entry)),
      };
      if (event.topics.length + event.nodes.length > 0) options.show(event);
    }
    timer = options.clock.schedule(EVERY_MS, look);
  };
  timer = options.clock.schedule(EVERY_MS, look);
  return { [Symbol.dispose]: () => timer.cancel() };
}

export function countsOf(runner: NodeRunner): NodeCounts {
  return { ...runner.counts, emitted: runner.emitted };
}

export function waitingIn(topic: Topic): number {
  return topic instanceof MemoryTopic || topic instanceof StreamTopic ? topic.waiting : 0;
}

function isNew(shown: Map<string, string>, key: string, entry: unknown): boolean {
  const text = JSON.stringify(entry);
  if (shown.get(key) === text) return false;
  shown.set(key, text);
  return true;
}
