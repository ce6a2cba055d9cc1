// engine status: the engines, flows and health of a running cluster. Exit code 1 when it is not healthy.
import type { EngineInfo, FlowSummary, HealthReport } from "../../admin/api.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { Connection, type ConnectionOptions } from "../connection.ts";
import { showStatus } from "../show/status.ts";

export interface ClusterStatus {
  readonly health: HealthReport;
  readonly engines: readonly EngineInfo[];
  readonly flows: readonly FlowSummary[];
}

export async function status(
  options: ConnectionOptions & { json?: boolean },
  surroundings: Surroundings,
): Promise<ExitCode> {
  const connection = new Connection(options, surroundings);
  const [health, engines, flows] = await Promise.all([
    connection.ask<HealthReport>("GET", "/api/health", undefined, [503]).then(({ body }) => body),
    connection.get<EngineInfo[]>("/api/engines"),
    connection.get<FlowSummary[]>("/api/flows"),
  ]);
  const found: ClusterStatus = { health, engines, flows };
  const { stdout } = surroundings;
  stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : `${showStatus(found, stdout)}\n`);
  const isWell = health.status === "healthy" && flows.every((flow) => flow.state !== "invalid");
  return isWell ? 0 : 1;
}
