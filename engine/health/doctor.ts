// Examines a live system: collects the facts, and holds them against the rules.
import { examineCluster } from "./doctor-cluster.ts";
import { collectFacts, type DoctorFacts, type FactsOptions } from "./doctor-facts.ts";
import type { Finding } from "./doctor-finding.ts";
import { examineServers } from "./doctor-servers.ts";
import { examineStreams } from "./doctor-streams.ts";

export { observeLiving } from "./doctor-facts.ts";
export type { Finding } from "./doctor-finding.ts";

export interface DoctorReport {
  /** `violated` when an invariant is. */
  readonly status: "sound" | "violated";
  readonly time: number;
  readonly findings: readonly Finding[];
}

export async function examine(options: FactsOptions): Promise<DoctorReport> {
  return diagnose(await collectFacts(options));
}

/** Pure. */
export function diagnose(facts: DoctorFacts): DoctorReport {
  const findings = [...examineServers(facts), ...examineCluster(facts), ...examineStreams(facts)];
  const violated = findings.some(({ level }) => level === "violated");
  return { status: violated ? "violated" : "sound", time: facts.now, findings };
}
