// The numbers of flows, nodes and topics as samples for /metrics.
import type { GroupInfo } from "../backend/backend.ts";
import type { Deployer } from "../deploy/deployer.ts";
import type { FlowRuntime } from "../runtime/flow-runtime.ts";
import { StreamTopic } from "../topics/stream.ts";
import type { Topic } from "../topics/topic.ts";
import type { MetricName, MetricSample } from "./metric-list.ts";
import { countsOf, waitingIn } from "./stats.ts";

type Labels = Readonly<Record<string, string>>;

export async function flowSamples(flows: readonly Deployer[]): Promise<MetricSample[]> {
  const each = await Promise.all(flows.map(samplesOf));
  return each.flat();
}

async function samplesOf(deployer: Deployer): Promise<MetricSample[]> {
  const flow = deployer.name;
  const isRunning = deployer.state === "running";
  const own = [
    sample("millrace_flow_up", { flow }, isRunning ? 1 : 0),
    sample("millrace_flow_revision", { flow }, deployer.revision),
    ...[...deployer.dropped].map(([topic, count]) =>
      sample("millrace_topic_unread_total", { flow, topic }, count),
    ),
  ];
  if (!isRunning) return own;
  const runtime = deployer.running();
  const deadLetterTopics = new Set([...runtime.topics.all()].map(({ planned }) => planned.deadLetter));
  const topics = await Promise.all(
    [...runtime.topics.all()].map((topic) =>
      topicSamples(flow, topic, deadLetterTopics.has(topic.planned.name)),
    ),
  );
  return [
    ...own,
    sample("millrace_flow_discarded_total", { flow }, runtime.discarded),
    sample("millrace_flow_unreadable_total", { flow }, runtime.topics.unreadable),
    ...nodeSamples(flow, runtime),
    ...topics.flat(),
  ];
}

function nodeSamples(flow: string, runtime: FlowRuntime): MetricSample[] {
  return [...runtime.runners()].flatMap((runner) => {
    const labels = { flow, node: runner.planned.id };
    const counts = Object.entries(countsOf(runner)).map(([name, value]) =>
      sample(`millrace_node_${name}_total` as MetricName, labels, value),
    );
    return [
      sample("millrace_node_up", labels, runner.state === "running" ? 1 : 0),
      ...counts,
      sample("millrace_node_lost_total", labels, runner.lost),
      sample("millrace_node_voided_total", labels, runner.voided),
    ];
  });
}

async function topicSamples(flow: string, topic: Topic, isDead: boolean): Promise<MetricSample[]> {
  const { name, limit } = topic.planned;
  const labels = { flow, topic: name };
  const common = [
    sample("millrace_topic_messages_total", labels, topic.count),
    sample("millrace_topic_dropped_total", labels, topic.dropped),
    sample("millrace_topic_limit", labels, limit),
  ];
  if (!(topic instanceof StreamTopic)) {
    return [...common, sample("millrace_topic_waiting", labels, waitingIn(topic))];
  }
  const info = await topic.info().catch(() => undefined);
  const waiting = Math.max(0, ...(info?.groups ?? []).map(({ lag, pending }) => lag + pending));
  return [
    ...common,
    sample("millrace_topic_voided_total", labels, topic.voided),
    sample("millrace_topic_waiting", labels, info ? waiting : topic.waiting),
    ...(info ? [sample("millrace_topic_length", labels, info.length)] : []),
    ...(info && isDead ? [sample("millrace_dead_letters", labels, info.length)] : []),
    ...(info?.groups ?? []).flatMap((group) => groupSamples(labels, group)),
    ...[...topic.counts()].flatMap(([node, counts]) =>
      Object.entries(counts).map(([what, value]) =>
        sample(`millrace_stream_${withUnderscores(what)}_total` as MetricName, { ...labels, node }, value),
      ),
    ),
  ];
}

function groupSamples(labels: Labels, { group, lag, pending }: GroupInfo): MetricSample[] {
  const of = { ...labels, node: group.slice(group.indexOf("/") + 1) };
  return [sample("millrace_group_lag", of, lag), sample("millrace_group_pending", of, pending)];
}

function sample(name: MetricName, labels: Labels, value: number): MetricSample {
  return { name, labels, value };
}

function withUnderscores(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
