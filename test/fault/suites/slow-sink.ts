// What comes out at the end is a hundred times slower than what comes in: it waits in the stream, not in the engine.
import { readFileSync } from "node:fs";
import { sleep, Trial } from "../../support/fault/trial.ts";
import { type Report, report, type SuiteOptions } from "./report.ts";

const BYTES = 4_000;
const SAMPLE_MS = 50;

/** `faults` is 1 when the engine's resident memory grew by more than the limit while messages piled up. */
export async function slowSink(
  options: SuiteOptions & { readonly messages: number; readonly growthMb: number },
): Promise<Report> {
  const { mutant } = options;
  await using trial = await Trial.open({
    backend: "redis",
    mutant,
    redis: { appendfsync: "no" },
    flow: { sinkWaitMs: 5, numbers: { limit: 10_000_000 } },
  });
  const engine = await trial.start();
  const extra = { filler: "x".repeat(BYTES) };
  let most = 0;
  const sampling = setInterval(() => {
    most = Math.max(most, residentMb(engine.pid));
  }, SAMPLE_MS);
  // The first half shows what the work itself needs; a backlog twice as long must not need more.
  await trial.workload.publish(options.messages / 2, { extra });
  await sleep(500);
  const half = most;
  await trial.workload.publish(options.messages / 2, { extra });
  await sleep(500);
  clearInterval(sampling);
  const { waiting } = await trial.waiting();
  const grown = Math.round(most - half);
  const verdict = await trial.verdict();
  return {
    ...report(
      { published: trial.workload.acknowledged.size, verdict: { ...verdict, lost: 0 } },
      { "MB at half": Math.round(half), "MB grown": grown, "still waiting": waiting },
    ),
    faults: grown > options.growthMb ? 1 : 0,
  };
}

export function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}
