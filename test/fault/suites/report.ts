// What every suite answers with: the sums of its verdicts, what was done to the engines, and how long they were away.
import type { Mutant } from "../../support/fault/mutants.ts";
import type { Entry } from "../../support/fault/outcome.ts";
import { faultsOf, type Verdict } from "../../support/fault/verdict.ts";

export interface SuiteOptions {
  /** 1: what runs with every `npm test`. The long form runs at 10 and more. */
  readonly scale: number;
  readonly mutant?: Mutant | undefined;
}

export interface Report {
  /** Acknowledged messages. */
  readonly published: number;
  readonly verdict: Verdict;
  /** Sum of everything that must be 0. */
  readonly faults: number;
  /** What was done, and other counts: `kills`, `cuts`, `pauses` … */
  readonly counts: Readonly<Record<string, number>>;
  /** From each fault to the next message that came out. */
  readonly recoveriesMs: readonly number[];
}

export type Suite = (options: SuiteOptions) => Promise<Report>;

export function report(
  parts: { published: number; verdict: Verdict },
  counts: Readonly<Record<string, number>> = {},
  recoveriesMs: readonly number[] = [],
): Report {
  return { ...parts, faults: faultsOf(parts.verdict), counts, recoveriesMs };
}

/** Several reports as one. */
export function together(reports: readonly Report[]): Report {
  const sum = <T extends object>(all: readonly T[]): Record<string, number> => {
    const sums: Record<string, number> = {};
    for (const each of all) {
      for (const [name, value] of Object.entries(each)) sums[name] = (sums[name] ?? 0) + Number(value);
    }
    return sums;
  };
  return {
    published: reports.reduce((total, { published }) => total + published, 0),
    verdict: sum(reports.map(({ verdict }) => verdict)) as unknown as Verdict,
    faults: reports.reduce((total, { faults }) => total + faults, 0),
    counts: sum(reports.map(({ counts }) => counts)),
    recoveriesMs: reports.flatMap(({ recoveriesMs }) => recoveriesMs),
  };
}

/** From each moment to the first message that came out after it. */
export function recoveries(entries: readonly Entry[], moments: readonly number[]): number[] {
  const times = entries.map(({ id }) => Number.parseInt(id, 10)).sort((a, b) => a - b);
  return moments.flatMap((moment) => {
    const next = times.find((time) => time > moment);
    return next === undefined ? [] : [next - moment];
  });
}

/** The value that so much of all values does not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
