// engine doctor: examines a live system, by one of its engines or by its Redis alone. Exit code 1 when an invariant is
// violated.
import { setTimeout as wait } from "node:timers/promises";
import type { DoctorReport } from "../../admin/api.ts";
import { MillraceError } from "../../base/errors/error.ts";
import { createLogger } from "../../base/logger.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { Connection, type ConnectionOptions } from "../connection.ts";
import { showDoctor } from "../show/doctor.ts";

export interface DoctorOptions extends ConnectionOptions {
  /** Examine this Redis, without asking an engine. */
  readonly redis?: string;
  readonly namespace?: string;
  readonly json?: boolean;
}

/** Of engines that were started without --lease; a beat comes within a fifth of it. */
const LEASE_MS = 10_000;

export async function doctor(options: DoctorOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { stdout } = surroundings;
  const report =
    options.redis === undefined
      ? await new Connection(options, surroundings).get<DoctorReport>("/api/doctor")
      : await examineRedis(options.redis, options.namespace ?? "mr");
  stdout.write(`${options.json ? JSON.stringify(report, null, 2) : showDoctor(report, stdout)}\n`);
  return report.status === "sound" ? 0 : 1;
}

async function examineRedis(redis: string, namespace: string): Promise<DoctorReport> {
  // Late: who asks an engine needs neither.
  const { openBackend } = await import("../../backend/index.ts");
  const { examine, observeLiving } = await import("../../health/doctor.ts");
  const logger = createLogger({ level: "silent", json: true, write: () => undefined });
  try {
    await using backend = await openBackend({
      redis,
      namespace,
      engineId: "doctor",
      folder: ":memory:",
      logger,
    });
    return await examine({
      backend,
      living: (consumers) => observeLiving(backend, consumers, () => wait(LEASE_MS / 2)),
      leaseMs: LEASE_MS,
      now: Date.now(),
    });
  } catch (error) {
    if (!(error instanceof MillraceError) || !error.code.startsWith("backend/")) throw error;
    const finding = { check: "backend", level: "violated", text: error.message, items: [] } as const;
    return { status: "violated", time: Date.now(), findings: [finding] };
  }
}
