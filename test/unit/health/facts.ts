// A live system for the doctor to examine: sound, unless a test changes something.
import type { MemberCard } from "../../../engine/cluster/index.ts";
import type {
  DoctorFacts,
  FlowFacts,
  MemberFacts,
  StreamFacts,
} from "../../../engine/health/doctor-facts.ts";
import type { TopicShape } from "../../../engine/health/doctor-shapes.ts";

export const NOW = 1_800_000_000_000;

export const server = {
  name: "127.0.0.1:6379",
  product: "redis",
  version: "7.2.4",
  eviction: "noeviction",
  appendOnly: true,
  appendFsync: "everysec",
  usedMemoryBytes: 10_000_000,
  memoryLimitBytes: 0,
  clockAheadMs: 3,
};

export const orders: TopicShape = {
  name: "orders",
  shared: false,
  delivery: "stream",
  limit: 100,
  partitions: 1,
  readers: ["packer"],
  deadLettersOf: undefined,
};
export const ordersDead: TopicShape = {
  ...orders,
  name: "orders.dead",
  readers: [],
  deadLettersOf: "orders",
};

export const flow: FlowFacts = {
  name: "main",
  newest: 3,
  deployedAt: NOW - 60_000,
  revisions: [3, 2, 1],
  nodes: ["shop", "packer"],
  topics: [orders, ordersDead],
};

export function member(
  consumer: string,
  changes: Partial<MemberFacts> & { about?: object } = {},
): MemberFacts {
  const card: MemberCard = {
    consumer,
    engine: consumer.slice(0, consumer.indexOf(":")),
    shares: [],
    about: { version: "0.1.0", revisions: { main: 3 }, ...changes.about },
  };
  return { card, lives: changes.lives ?? true };
}

export function stream(changes: Partial<StreamFacts> = {}): StreamFacts {
  const group = { group: "main/packer", lag: 0, pending: 2, consumers: 1 };
  return {
    flow: "main",
    topic: orders,
    partition: undefined,
    info: { length: 10, groups: [group] },
    groups: [held("a:1", 2, 0)],
    ...changes,
  };
}

/** The group of "packer", whose pending entries this consumer holds. */
export function held(consumer: string, pending: number, idleMs: number, group = "main/packer") {
  return {
    group,
    lag: 0,
    pending,
    consumers: [{ name: consumer, pending, idleMs }],
    removal: `XGROUP DESTROY … ${group}`,
  };
}

export function facts(changes: Partial<DoctorFacts> = {}): DoctorFacts {
  return {
    backend: { kind: "redis", up: true, text: "redis 7.2.4 at redis://127.0.0.1" },
    warnings: [],
    servers: [server],
    flows: [flow],
    streams: [stream(), stream({ topic: ordersDead, info: { length: 0, groups: [] }, groups: [] })],
    members: [member("a:1"), member("b:1")],
    keys: [],
    leases: [
      { address: { flow: undefined, name: "member/a:1" }, state: { owner: "a:1", epoch: 1, beat: 9 } },
      { address: { flow: "main", name: "share/node/shop/0" }, state: { owner: "b:1", epoch: 4, beat: 0 } },
    ],
    leaseMs: 10_000,
    now: NOW,
    ...changes,
  };
}
