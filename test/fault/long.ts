// The long form of the fault suites, for people: FAULT_SCALE=10 node --conditions=millrace-source test/fault/long.ts
// [suite …]. Writes the table of docs/reliability.md after each suite; ends with 1 when a promise was broken.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { aofCuts } from "./suites/aof-cuts.ts";
import { cuts } from "./suites/cuts.ts";
import { deploys } from "./suites/deploys.ts";
import { everywhere } from "./suites/everywhere.ts";
import { failover } from "./suites/failover.ts";
import { failpoints } from "./suites/failpoints.ts";
import { clockJumps, kills } from "./suites/kills.ts";
import { poison } from "./suites/poison.ts";
import { flushes, redisKills } from "./suites/redis-faults.ts";
import { fullDisk, fullMemory } from "./suites/refusals.ts";
import { percentile, type Report } from "./suites/report.ts";
import { rollingKills } from "./suites/rolling-kills.ts";
import { slowSink } from "./suites/slow-sink.ts";
import { takeovers } from "./suites/takeovers.ts";
import { zombies } from "./suites/zombies.ts";

const PAGE = resolve(import.meta.dirname, "../../docs/reliability.md");
const scale = Number(process.env.FAULT_SCALE ?? 10);
const times = (count: number) => Math.max(1, Math.round(count * scale));
const stretch = Math.max(1, Math.min(8, scale));

type Measured = Report & { readonly pausesMs?: readonly number[]; readonly takenOverMs?: readonly number[] };

/** By name, as it stands in the table. At scale 10: 100 kills of engines, 20 of Redis, 50 pauses, 1,000 cuts of a file. */
const suites: Readonly<Record<string, () => Promise<Measured>>> = {
  "engine killed at random, embedded": () => kills({ scale, backend: "embedded", kills: times(5), stretch }),
  "engine killed at random, redis": () => kills({ scale, backend: "redis", kills: times(5), stretch }),
  "engine killed at failpoints, embedded": () => failpoints({ scale: times(0.5), backend: "embedded" }),
  "engine killed at failpoints, redis": () => failpoints({ scale: times(0.5), backend: "redis" }),
  "clock jumps by hours and kills, embedded": () =>
    clockJumps({ scale, backend: "embedded", kills: times(1) }),
  "clock jumps by hours and kills, redis": () => clockJumps({ scale, backend: "redis", kills: times(1) }),
  "Redis killed, append-only file always on disk": () => redisKills({ scale, kills: times(2) }),
  "Redis away for 5 s": () => redisKills({ scale, kills: times(0.3), awayMs: 5_000 }),
  "Redis or a stream emptied": () => flushes({ scale, flushes: times(1) }),
  "master killed, its replica goes on": () => failover({ scale, kills: times(1) }),
  "disk of Redis full": () => fullDisk({ scale, times: times(1) }),
  "memory of Redis full": () => fullMemory({ scale, times: times(1) }),
  "connections cut every 25 ms": () => cuts({ scale, messages: times(2_000) }),
  "append-only file cut": () => aofCuts({ scale, cuts: times(100) }),
  "engine paused while another takes over": () => zombies({ scale, pauses: times(5) }),
  "cluster of 3, killed and paused": () => takeovers({ scale, kills: times(1), pauses: times(0.5) }),
  "cluster of 3, clocks jump by hours, killed and paused": () =>
    takeovers({ scale, kills: times(0.5), pauses: times(0.5), clockJumps: true }),
  "cluster of 3, 4 partitions, killed and paused": () =>
    takeovers({ scale, kills: times(1), pauses: times(0.5), partitions: 4 }),
  "one of 3 killed each 5 s, a cron timer beside it": () => rollingKills({ scale, kills: times(2) }),
  "the same output on 1 engine, on 3 with Redis, on 3 with a Redis Cluster": () =>
    everywhere({ scale, messages: times(2_000) }),
  "deploys under load, embedded": () => deploys({ scale, backend: "embedded", deploys: times(20) }),
  "deploys under load, redis": () => deploys({ scale, backend: "redis", deploys: times(20) }),
  "deploys under load, 3 engines": () => deploys({ scale, backend: "redis", deploys: times(20), engines: 3 }),
  "poison, embedded": () => poison({ scale, backend: "embedded", rounds: times(0.5) }),
  "poison, redis": () => poison({ scale, backend: "redis", rounds: times(0.5) }),
  "sink 100 times slower": () => slowSink({ scale, seconds: times(12), limit: 10_000, growthMb: 90 }),
};

/** Their topics have partitions; elsewhere no order is promised. */
const KEEP_ORDER = /partitions|the same output/;

const HEAD = [
  "| suite | scale | what was done | messages | lost | duplicated in Millrace | repeated outside | out of order per key | recovery p50 / p99 / max |",
  "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
];

/** By suite; those that do not run now keep the row they had. */
const rows = new Map(
  Object.keys(suites).flatMap((name) => {
    const row = readFileSync(PAGE, "utf8")
      .split("\n")
      .find((line) => line.startsWith(`| ${name} |`));
    return row === undefined ? [] : [[name, row] as const];
  }),
);
let broken = 0;
const chosen = process.argv.slice(2);
for (const [name, run] of Object.entries(suites)) {
  if (chosen.length > 0 && !chosen.some((part) => name.includes(part))) continue;
  process.stdout.write(`${name} … `);
  const started = performance.now();
  try {
    const measured = await run();
    if (measured.faults > 0) broken++;
    rows.set(name, rowOf(name, measured));
    const seconds = Math.round((performance.now() - started) / 1000);
    process.stdout.write(`${seconds} s, ${measured.faults} faults\n`);
    if (measured.faults > 0) process.stdout.write(`${JSON.stringify(measured.verdict)}\n`);
  } catch (error) {
    broken++;
    rows.set(name, `| ${name} | ${scale} | did not end: ${String(error).split("\n")[0]} | | | | | | |`);
    process.stdout.write(`${String(error)}\n`);
  }
  writeTable();
}
process.exit(broken > 0 ? 1 : 0); // Node may hang when it cleans up after many child processes

function rowOf(name: string, { published, verdict, counts, recoveriesMs, ...spans }: Measured): string {
  const done = Object.entries(counts).map(([what, count]) => `${figure(count)} ${what}`);
  for (const [what, values] of [
    ["pause", spans.pausesMs],
    ["all taken over in", spans.takenOverMs],
  ] as const) {
    if (values?.length) done.push(`${what} ${percentiles(values)}`);
  }
  const recovery = recoveriesMs.length === 0 ? "" : percentiles(recoveriesMs);
  const { lost, duplicated, duplicatedOutside, outOfOrder } = verdict;
  const order = KEEP_ORDER.test(name) ? figure(outOfOrder) : `(${figure(outOfOrder)})`;
  const figures = [...[published, lost, duplicated, duplicatedOutside].map(figure), order];
  return `| ${name} | ${scale} | ${done.join(", ")} | ${figures.join(" | ")} | ${recovery} |`;
}

/** p50, p99 and the greatest. */
function percentiles(values: readonly number[]): string {
  return `${[0.5, 0.99, 1].map((part) => figure(Math.round(percentile(values, part)))).join(" / ")} ms`;
}

function figure(value: number): string {
  return value.toLocaleString("en-US");
}

/** Between the two marks of the page; the words around them are people's. */
function writeTable(): void {
  const page = readFileSync(PAGE, "utf8");
  const [before = "", rest = ""] = page.split("<!-- measured -->");
  const [, after = ""] = rest.split("<!-- end -->");
  const text = [...said(), "", ...HEAD, ...Object.keys(suites).flatMap((name) => rows.get(name) ?? [])].join(
    "\n",
  );
  writeFileSync(PAGE, `${before}<!-- measured -->\n\n${text}\n\n<!-- end -->${after}`);
}

function said(): string[] {
  const redis = /v=(\S+)/.exec(execFileSync("redis-server", ["--version"], { encoding: "utf8" }))?.[1];
  const date = new Date().toISOString().slice(0, 10);
  return [
    `Last measured on ${date}: Node ${process.versions.node}, Redis ${redis}, ${cpus().length} processors. Each row with`,
    "",
    "    FAULT_SCALE=<scale> npm run fault:long -- <suite>",
  ];
}
