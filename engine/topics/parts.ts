// What the streams of a divided topic say, put together. Pure.
import type { GroupInfo, StreamEntry, StreamInfo } from "../backend/backend.ts";
import { compareEntryIds } from "./order.ts";

export interface Page {
  readonly entries: readonly StreamEntry[];
  readonly next: string | null;
}

export function sumOf(infos: readonly StreamInfo[]): StreamInfo {
  const [only] = infos;
  if (only && infos.length === 1) return only;
  const groups = new Map<string, GroupInfo>();
  for (const each of infos.flatMap((info) => info.groups)) {
    const sum = groups.get(each.group) ?? { group: each.group, lag: 0, pending: 0, consumers: 0 };
    groups.set(each.group, {
      group: each.group,
      lag: sum.lag + each.lag,
      pending: sum.pending + each.pending,
      consumers: Math.max(sum.consumers, each.consumers),
    });
  }
  return { length: infos.reduce((sum, info) => sum + info.length, 0), groups: [...groups.values()] };
}

/**
 * One page of several, by the ids of their entries. Entries of different streams may have the same id: they are not put
 * on different pages, so a page may be a little longer than the limit.
 */
export function mergePages(pages: readonly Page[], options: { from?: string; limit: number }): Page {
  const [only] = pages;
  if (only && pages.length === 1) return only;
  const entries = pages.flatMap((page) => page.entries).sort((a, b) => compareEntryIds(a.id, b.id));
  if (options.from === undefined) return { entries: entries.slice(-options.limit), next: null };
  // What comes behind the end of a page that goes on may come before entries of other pages.
  const ends = pages.flatMap(({ next }) => next ?? []).sort(compareEntryIds);
  const [firstEnd] = ends;
  const known =
    firstEnd === undefined ? entries : entries.filter(({ id }) => compareEntryIds(id, firstEnd) < 0);
  const last = known[options.limit - 1];
  const shown = last ? known.filter(({ id }) => compareEntryIds(id, last.id) <= 0) : known;
  return { entries: shown, next: known[shown.length]?.id ?? firstEnd ?? null };
}
