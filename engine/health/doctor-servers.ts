// Rules about the backend's servers and the machines' clocks. Pure.

import type { DoctorFacts } from "./doctor-facts.ts";
import { type Finding, finding, judge } from "./doctor-finding.ts";

/** Clocks that differ by more confuse people who compare times. */
const SKEW_MS = 1_000;
/** Part of the memory limit from which on it is near. */
const NEARLY = 0.85;

export function examineServers(facts: DoctorFacts): Finding[] {
  const { backend, servers, warnings } = facts;
  const reach = backend.up
    ? finding("backend", "ok", `The backend answers: ${backend.text}.`)
    : finding("backend", "violated", `The backend does not answer: ${backend.text}`);
  if (backend.kind === "embedded") return [reach];
  if (!servers) {
    const text =
      "Redis was not examined: its user may not ask for INFO and TIME. Grant it +info and +time to have it checked.";
    return [reach, finding("redis", "warning", text), ...said(warnings)];
  }
  return [
    reach,
    judge("redis-eviction", {
      items: servers.flatMap(({ name, eviction }) =>
        eviction === "noeviction" ? [] : [`${name}: maxmemory-policy is "${eviction}"`],
      ),
      level: "violated",
      well: "Redis throws nothing away when its memory is full.",
      ill: 'Redis may throw away messages and state when its memory is full. Set maxmemory-policy to "noeviction".',
    }),
    judge("redis-persistence", {
      items: servers.flatMap((server) => whatACrashLoses(server)),
      level: "warning",
      well: "Redis writes a log of all changes, at least every second.",
      ill: 'A crash of Redis loses messages that were acknowledged. Set appendonly to "yes" and appendfsync to "everysec" or "always".',
    }),
    judge("redis-memory", {
      items: servers.flatMap(({ name, usedMemoryBytes, memoryLimitBytes }) =>
        memoryLimitBytes > 0 && usedMemoryBytes > NEARLY * memoryLimitBytes
          ? [`${name}: ${megabytes(usedMemoryBytes)} of ${megabytes(memoryLimitBytes)} MB`]
          : [],
      ),
      level: "warning",
      well: "Redis has memory left.",
      ill: "Redis is nearly full; then it refuses what is published, and emitters wait. Raise maxmemory, or keep fewer messages (retention).",
    }),
    judge("clocks", {
      items: servers.flatMap(({ name, clockAheadMs }) =>
        Math.abs(clockAheadMs) > SKEW_MS
          ? [`${name} is ${Math.abs(clockAheadMs) / 1000} s ${clockAheadMs > 0 ? "ahead" : "behind"}`]
          : [],
      ),
      level: "warning",
      well: "The clocks of Redis and this engine agree.",
      ill: "The clocks of Redis and this engine differ. Nothing is lost by that, but times in messages and logs are. Run a time service on both machines.",
    }),
  ];
}

function whatACrashLoses({
  name,
  appendOnly,
  appendFsync,
}: NonNullable<DoctorFacts["servers"]>[number]): string[] {
  if (!appendOnly) return [`${name}: appendonly is "no": everything since the last snapshot`];
  return appendFsync === "no" ? [`${name}: appendfsync is "no": up to half a minute`] : [];
}

function said(warnings: readonly string[]): Finding[] {
  return warnings.map((text) => finding("redis-settings", "warning", text));
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
