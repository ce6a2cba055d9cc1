// The metrics: named as Prometheus wants it, and explained to people.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Metrics } from "../../../engine/health/metrics.ts";
import { noCounts } from "../../../engine/topics/stream-counts.ts";
import { METRICS } from "../../../engine/view/metric-list.ts";

const names = Object.keys(METRICS);
const docs = readFileSync(join(import.meta.dirname, "../../../docs/operations.md"), "utf8");

describe("the list of metrics", () => {
  it("names counters with _total, and gauges without", () => {
    const wrong = Object.entries(METRICS).filter(
      ([name, { kind }]) => name.endsWith("_total") !== (kind === "counter"),
    );
    expect(wrong).toEqual([]);
  });

  it("is what docs/operations.md explains, all of it and nothing else", () => {
    const explained = new Set([...docs.matchAll(/millrace_[a-z_]+[a-z]/g)].map(([name]) => name));
    expect([...explained].sort()).toEqual(names.toSorted());
  });

  it("has a counter for everything that can become of a stream's entry", () => {
    const wanted = Object.keys(noCounts()).map(
      (what) => `millrace_stream_${what.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`,
    );
    expect(names).toEqual(expect.arrayContaining(wanted));
  });
});

describe("metrics", () => {
  const sample = (value: number, flow = "main") => [{ name: "millrace_flow_up", labels: { flow }, value }];

  it("show what is there now, and nothing of what was there before", async () => {
    const seen = [sample(1), sample(0, "other")];
    const metrics = new Metrics({ engine: "a", specs: METRICS, collect: async () => seen.shift() ?? [] });
    const lines = (text: string) => text.split("\n").filter((line) => line.startsWith("millrace_flow_up"));
    expect(lines(await metrics.text())).toEqual(['millrace_flow_up{flow="main",engine="a"} 1']);
    expect(lines(await metrics.text())).toEqual(['millrace_flow_up{flow="other",engine="a"} 0']);
  });

  it("of several processes stand side by side", async () => {
    const other = new Metrics({ engine: "b", specs: METRICS, collect: async () => sample(0) });
    const metrics = new Metrics({
      engine: "a",
      specs: METRICS,
      collect: async () => sample(1),
      others: async () => [JSON.parse(JSON.stringify(await other.own()))],
    });
    const text = await metrics.text();
    expect(text.match(/^millrace_flow_up.*$/gm)).toEqual([
      'millrace_flow_up{flow="main",engine="a"} 1',
      'millrace_flow_up{flow="main",engine="b"} 0',
    ]);
    expect(text.match(/^process_start_time_seconds.*$/gm)).toHaveLength(2);
  });
});
