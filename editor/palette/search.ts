// Finding node types: by words in title, type, summary and category; the best first.
import type { NodeTypeInfo } from "../../engine/admin/api.ts";

/** Types that hold every word of the text. Without text: all, in their order. */
export function searchTypes(types: readonly NodeTypeInfo[], text: string): NodeTypeInfo[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...types];
  return types
    .map((info) => ({ info, score: words.reduce((sum, word) => sum + scoreOf(info, word), 0) }))
    .filter(({ info }) => words.every((word) => scoreOf(info, word) > 0))
    .sort((a, b) => b.score - a.score || a.info.title.localeCompare(b.info.title))
    .map(({ info }) => info);
}

function scoreOf(info: NodeTypeInfo, word: string): number {
  const title = info.title.toLowerCase();
  if (title === word || info.type === word) return 20;
  if (title.startsWith(word) || info.type.startsWith(word)) return 10;
  if (title.includes(word) || info.type.includes(word)) return 6;
  if (info.category.toLowerCase().startsWith(word)) return 3;
  return info.summary.toLowerCase().includes(word) ? 1 : 0;
}

export interface CategoryGroup {
  readonly category: string;
  readonly types: readonly NodeTypeInfo[];
}

/** Types by category, in the order in which categories first appear. */
export function byCategory(types: readonly NodeTypeInfo[]): CategoryGroup[] {
  const groups = new Map<string, NodeTypeInfo[]>();
  for (const info of types) {
    const group = groups.get(info.category) ?? [];
    group.push(info);
    groups.set(info.category, group);
  }
  return [...groups].map(([category, members]) => ({ category, types: members }));
}
