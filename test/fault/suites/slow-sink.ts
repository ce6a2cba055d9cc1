// What comes out at the end becomes a hundred times slower than what comes in. What waits, waits in the stream, and not
// longer than its limit; the engine holds no more than ever, and those who publish are slowed down, by the API and in the
// flow. Then the sink is deployed anew, fast, into the full topic, and everything that was taken comes out.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FlowDocument } from "../../../engine/flow/document.ts";
import { faultFlow } from "../../support/fault/flow.ts";
import { sleep, Trial } from "../../support/fault/trial.ts";
import { faultsOf } from "../../support/fault/verdict.ts";
import { type Report, report, type SuiteOptions } from "./report.ts";

const BYTES = 4_000;
const SLOWER = 100;
const SAMPLE_MS = 50;
/** Messages of one reader that may be under way in an engine. */
const BUDGET = 64;
/** What waited at the door of the full topic may pass all at once when there is room. */
const AT_THE_DOOR = 1_000;
/** Numbers of the source in the flow begin here, far from those of the API. */
const SOURCE_FROM = 1_000_000_000;

export interface SlowSinkOptions extends SuiteOptions {
  /** How long the sink is slow. */
  readonly seconds: number;
  /** Messages that may wait in the topic. */
  readonly limit: number;
  /** How much more resident memory the second half of that time may need than the first. */
  readonly growthMb: number;
}

export async function slowSink(options: SlowSinkOptions): Promise<Report> {
  const { mutant, seconds, limit } = options;
  await using trial = await Trial.open({
    backend: "redis",
    mutant,
    redis: { appendfsync: "no" },
    flow: { numbers: { limit } },
  });
  const filler = "x".repeat(BYTES);
  const taken = join(trial.redis.folder, "taken.txt");
  writeFileSync(taken, "");
  const deployed = (sinkWaitMs?: number, source = true): FlowDocument => {
    const beside = source ? { nodes: sourceNode(taken, filler) } : {};
    return faultFlow({ ...trial.flowOptions, ...(sinkWaitMs && { sinkWaitMs }), beside });
  };
  writeFileSync(trial.flowFile, JSON.stringify(deployed()));
  const engine = await trial.start();
  const enough = new AbortController();
  const publishing = trial.workload.publishUntil(enough.signal, { extra: { filler } });
  const deploy = (flow: FlowDocument) => engine.api("PUT", "/api/flows/main", { flow });
  const came = () => ({
    api: trial.workload.acknowledged.size,
    flow: takenIn(taken).taken.length,
    at: performance.now(),
  });

  await sleep(1_000);
  const beforeFree = came();
  await sleep(Math.max(2_000, seconds * 100));
  const free = ratesOf(beforeFree, came());

  const waitMs = (SLOWER * 1_000) / (free.api + free.flow);
  await deploy(deployed(waitMs));
  const watch = new Watch(trial, engine.pid);
  await watch.until(seconds * 500);
  const half = { ...watch.most };
  const beforeSlow = came();
  await watch.until(seconds * 500);
  const slowed = ratesOf(beforeSlow, came());
  const grown = watch.most.memoryMb - half.memoryMb;

  await deploy(deployed());
  enough.abort();
  await publishing;
  await deploy(deployed(undefined, false));
  await trial.settled(mutant ? 3_000 : undefined);
  const { acknowledged, uncertain } = trial.workload;
  const sent = takenIn(taken);
  for (const number of sent.taken) acknowledged.add(number);
  for (const number of sent.refused) uncertain.add(number);
  const verdict = await trial.verdict();
  const broken = [
    grown > options.growthMb,
    watch.most.underWay > BUDGET,
    watch.most.waiting > limit + AT_THE_DOOR,
    slowed.api > free.api / 10 || slowed.flow > free.flow / 10,
  ].filter(Boolean).length;
  return {
    ...report(
      { published: acknowledged.size, verdict },
      {
        "s of it": Math.round(seconds),
        "by API a second before": Math.round(free.api),
        "by API a second meanwhile": Math.round(slowed.api),
        "in the flow a second before": Math.round(free.flow),
        "in the flow a second meanwhile": Math.round(slowed.flow),
        "MB at half": Math.round(half.memoryMb),
        "MB grown": Math.round(grown),
        "waiting at most": watch.most.waiting,
        "under way at most": watch.most.underWay,
      },
    ),
    faults: faultsOf(verdict) + broken,
  };
}

function sourceNode(file: string, filler: string): NonNullable<FlowDocument["nodes"]> {
  const config = { file, filler, from: SOURCE_FROM };
  return { source: { type: "fault-source", config, outputs: { out: ["numbers"] } } };
}

/** Numbers that the source in the flow wrote down. */
function takenIn(file: string): { taken: number[]; refused: number[] } {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  const numbers = (sign: string) =>
    lines.filter((line) => line.startsWith(sign)).map((line) => Number(line.slice(1)));
  return { taken: numbers("+"), refused: numbers("-") };
}

interface Came {
  readonly api: number;
  readonly flow: number;
  readonly at: number;
}

/** Per second. */
function ratesOf(before: Came, after: Came): { api: number; flow: number } {
  const seconds = (after.at - before.at) / 1_000;
  return { api: (after.api - before.api) / seconds, flow: (after.flow - before.flow) / seconds };
}

/** The most that was seen of an engine while it was watched. */
class Watch {
  readonly most = { memoryMb: 0, waiting: 0, underWay: 0 };
  readonly #trial: Trial;
  readonly #pid: number;

  constructor(trial: Trial, pid: number) {
    this.#trial = trial;
    this.#pid = pid;
  }

  async until(ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      const { waiting, pending } = await this.#trial.waiting();
      this.most.waiting = Math.max(this.most.waiting, waiting);
      this.most.underWay = Math.max(this.most.underWay, pending);
      this.most.memoryMb = Math.max(this.most.memoryMb, residentMb(this.#pid));
      await sleep(SAMPLE_MS);
    }
  }
}

export function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}
