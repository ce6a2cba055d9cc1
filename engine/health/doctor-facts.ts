// What the doctor looks at: gathered from the backend alone, so that a live system can be examined from outside, too.
import type { Backend, LeaseAddress, LeaseState, StreamInfo } from "../backend/backend.ts";
import type { InspectedGroup, InspectedKey, InspectedServer } from "../backend/inspector.ts";
import { Cards, type MemberCard, memberLease } from "../cluster/member.ts";
import { type FlowShape, shapeOf, type TopicShape } from "./doctor-shapes.ts";

export interface FlowFacts extends FlowShape {
  readonly name: string;
  readonly newest: number;
  /** When the newest was deployed. */
  readonly deployedAt: number;
  /** Numbers of the revisions that are kept, newest first. */
  readonly revisions: readonly number[];
}

export interface StreamFacts {
  readonly topic: TopicShape;
  /** The flow that declares it. */
  readonly flow: string;
  readonly partition: number | undefined;
  readonly info: StreamInfo;
  /** Undefined when the backend cannot tell who holds what. */
  readonly groups: readonly (InspectedGroup & { readonly removal: string })[] | undefined;
}

export interface MemberFacts {
  readonly card: MemberCard;
  readonly lives: boolean;
}

export interface DoctorFacts {
  readonly backend: { readonly kind: "embedded" | "redis"; readonly up: boolean; readonly text: string };
  readonly warnings: readonly string[];
  /** Undefined where there is none, or it may not be asked. */
  readonly servers: readonly InspectedServer[] | undefined;
  readonly flows: readonly FlowFacts[];
  readonly streams: readonly StreamFacts[];
  readonly members: readonly MemberFacts[];
  readonly keys: readonly InspectedKey[];
  readonly leases: readonly { readonly address: LeaseAddress; readonly state: LeaseState }[];
  readonly leaseMs: number;
  readonly now: number;
}

export interface FactsOptions {
  readonly backend: Backend;
  /** The only engine, where engines show no cards in the backend. */
  readonly alone?: MemberCard;
  /** Which of these boots live. */
  readonly living: (consumers: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly leaseMs: number;
  readonly now: number;
}

export async function collectFacts(options: FactsOptions): Promise<DoctorFacts> {
  const { backend, alone, living, leaseMs, now } = options;
  const { inspector } = backend;
  const { up, text } = backend.health();
  const cards = alone ? [alone] : await new Cards(backend.state).all();
  const alive = await living(cards.map(({ consumer }) => consumer));
  const flows = await Promise.all((await backend.revisions.flows()).map((flow) => flowFacts(backend, flow)));
  const keys = (await inspector?.keys().catch(() => [])) ?? [];
  return {
    backend: { kind: backend.kind, up, text },
    warnings: backend.warnings,
    servers: await inspector?.servers().catch(() => undefined),
    flows,
    streams: await streamFacts(backend, flows),
    members: cards.map((card) => ({ card, lives: alive.has(card.consumer) })),
    keys,
    leases: await leaseFacts(backend, keys),
    leaseMs,
    now,
  };
}

/** Who lives, for one who has no place in the cluster: those whose lease is seen to beat. */
export async function observeLiving(
  { leases }: Backend,
  consumers: readonly string[],
  wait: () => Promise<unknown>,
): Promise<ReadonlySet<string>> {
  const read = () => leases.read(consumers.map(memberLease));
  const before = await read();
  await wait();
  const after = await read();
  const beats = (index: number) =>
    after[index]?.owner === consumers[index] && after[index]?.beat !== before[index]?.beat;
  return new Set(consumers.filter((_, index) => beats(index)));
}

async function flowFacts(backend: Backend, name: string): Promise<FlowFacts> {
  const [newest, list] = await Promise.all([backend.revisions.newest(name), backend.revisions.list(name)]);
  return {
    name,
    newest: newest?.revision ?? 0,
    deployedAt: newest?.time ?? 0,
    revisions: list.map(({ revision }) => revision),
    ...shapeOf(newest?.bundle ?? "{}"),
  };
}

async function streamFacts(backend: Backend, flows: readonly FlowFacts[]): Promise<StreamFacts[]> {
  const wanted = flows.flatMap(({ name: flow, topics }) =>
    topics
      .filter(({ delivery }) => delivery === "stream")
      .flatMap((topic) => partsOf(topic).map((partition) => ({ flow, topic, partition }))),
  );
  return Promise.all(
    wanted.map(async ({ flow, topic, partition }) => {
      const address = {
        flow: topic.shared ? undefined : flow,
        topic: topic.name,
        ...(partition !== undefined && { partition }),
      };
      const { inspector, streams } = backend;
      const groups = await inspector?.groups(address);
      return {
        flow,
        topic,
        partition,
        info: await streams.info(address),
        groups: groups?.map((group) => ({
          ...group,
          removal: inspector?.removalOf(address, group.group) ?? "",
        })),
      };
    }),
  );
}

/** A topic that is not divided is one stream, without a number. */
function partsOf({ partitions }: TopicShape): (number | undefined)[] {
  return partitions > 1 ? Array.from({ length: partitions }, (_, partition) => partition) : [undefined];
}

async function leaseFacts(
  { leases }: Backend,
  keys: readonly InspectedKey[],
): Promise<{ address: LeaseAddress; state: LeaseState }[]> {
  const addresses = keys.flatMap((key) => (key.kind === "lease" ? [key.lease] : []));
  const states = await leases.read(addresses);
  return states.flatMap((state, index) => {
    const address = addresses[index];
    return address ? [{ address, state }] : [];
  });
}
