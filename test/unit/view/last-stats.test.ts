import { expect, test } from "vitest";
import { LastStats } from "../../../engine/view/last-stats.ts";

const topic = (name: string, rate: number) => ({ topic: name, rate, waiting: 0, limit: 1000 });
const node = (id: string, received: number) => ({
  node: id,
  received,
  settled: 0,
  failed: 0,
  retried: 0,
  emitted: 0,
});

test("whoever comes later is told the last numbers of everything, though only changes were sent", () => {
  const stats = new LastStats();
  stats.learn({ flow: "main", topics: [topic("a", 1), topic("b", 2)], nodes: [node("n", 1)] });
  stats.learn({ flow: "main", topics: [topic("b", 3)], nodes: [] });
  expect(stats.of("main")).toEqual({
    flow: "main",
    topics: [topic("a", 1), topic("b", 3)],
    nodes: [node("n", 1)],
  });
  expect(stats.of("other")).toBeUndefined();
  stats.forget("main");
  expect(stats.of("main")).toBeUndefined();
});
