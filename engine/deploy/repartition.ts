// A topic that is divided anew goes on in other streams, and its keys in other parts. What waits in the old ones would
// be read by nobody, or out of order: so it must have drained before.
import type { Backend, StreamInfo } from "../backend/backend.ts";
import { leftInParts, partitionsInUse } from "../base/errors/deploy.ts";
import type { Problem } from "../base/errors/index.ts";
import { pointer, valueAt } from "../flow/index.ts";
import type { History } from "./history.ts";
import { type Reading, readingsOf, streamsOf } from "./readings.ts";

export interface RepartitionOptions {
  readonly flow: string;
  readonly backend: Backend;
  readonly history: History;
  readonly document: object;
}

/** A topic that is divided otherwise than before. */
interface Divided {
  readonly now: Reading;
  readonly before: Reading;
}

/** Why the document cannot be deployed now: something waits in streams that were divided otherwise. */
export async function repartitionProblems(options: RepartitionOptions): Promise<Problem[]> {
  const { flow, backend, document } = options;
  const newest = (await backend.revisions.newest(flow))?.revision ?? 0;
  const divided = await dividedOf(options, newest);
  const problems = await Promise.all(
    divided.map(async ({ now, before }) => {
      const infos = await Promise.all(streamsOf(flow, before).map((each) => backend.streams.info(each)));
      const { waiting, readers } = unsettled(infos, flow, now);
      if (waiting === 0) return [];
      const { topic, partitions: to } = now;
      const parts = { topic, from: before.partitions, to, waiting, readers };
      return [partitionsInUse.problem(parts, { path: placeOf(document, topic) })];
    }),
  );
  return problems.flat();
}

/** What came into the old streams after they were found empty, while the revision was deployed. */
export async function leftBehindProblems(
  options: RepartitionOptions & { readonly revision: number },
): Promise<Problem[]> {
  const { flow, backend, document, revision } = options;
  const divided = await dividedOf(options, revision - 1);
  const problems = await Promise.all(
    divided.map(async ({ now, before }) => {
      const kept = new Set(streamsOf(flow, now).map(({ partition }) => partition));
      const old = streamsOf(flow, before).filter(({ partition }) => !kept.has(partition));
      const infos = await Promise.all(old.map((each) => backend.streams.info(each)));
      const { waiting, readers } = unsettled(infos, flow, now);
      if (waiting === 0) return [];
      const { topic } = now;
      const parts = { topic, from: before.partitions, waiting, readers };
      return [leftInParts.problem(parts, { path: placeOf(document, topic) })];
    }),
  );
  return problems.flat();
}

/** Compared with the last revision, up to `newest`, that had the topic as a stream. */
async function dividedOf({ history, document }: RepartitionOptions, newest: number): Promise<Divided[]> {
  const open = readingsOf(document);
  const divided: Divided[] = [];
  for await (const earlier of history.back(newest)) {
    for (const [topic, now] of open) {
      const before = earlier.get(topic);
      if (!before) continue;
      if (before.partitions !== now.partitions) divided.push({ now, before });
      open.delete(topic);
    }
    if (open.size === 0) break;
  }
  return divided;
}

/** Most messages that one reader has still to settle. Readers that the flow does not have any more do not count. */
function unsettled(
  infos: readonly StreamInfo[],
  flow: string,
  { nodes }: Reading,
): { waiting: number; readers: string[] } {
  const byReader = new Map<string, number>();
  const prefix = `${flow}/`;
  for (const { group, lag, pending } of infos.flatMap(({ groups }) => groups)) {
    const isOwn = group.startsWith(prefix);
    const reader = isOwn ? group.slice(prefix.length) : group;
    if (lag + pending === 0 || (isOwn && !nodes.has(reader))) continue;
    byReader.set(reader, (byReader.get(reader) ?? 0) + lag + pending);
  }
  return { waiting: Math.max(0, ...byReader.values()), readers: [...byReader.keys()].sort() };
}

function placeOf(document: object, topic: string): string {
  const steps = ["topics", topic, "partitions"];
  const known = [3, 2].find((length) => valueAt(document, steps.slice(0, length)) !== undefined);
  return known === undefined ? "" : pointer(...steps.slice(0, known));
}
