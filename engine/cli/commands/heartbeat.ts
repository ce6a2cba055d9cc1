// engine heartbeat: the heartbeat monitor's report, part by part. Exit code 1 when one is not healthy.
import type { HealthReport } from "../../admin/api.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { Connection, type ConnectionOptions } from "../connection.ts";
import { showHealth } from "../show/status.ts";

export async function heartbeat(
  options: ConnectionOptions & { json?: boolean },
  surroundings: Surroundings,
): Promise<ExitCode> {
  const connection = new Connection(options, surroundings);
  const { body } = await connection.ask<HealthReport>("GET", "/api/health", undefined, [503]);
  const { stdout } = surroundings;
  const text = options.json ? JSON.stringify(body, null, 2) : showHealth(body, stdout).join("\n");
  stdout.write(`${text}\n`);
  return body.status === "healthy" ? 0 : 1;
}
