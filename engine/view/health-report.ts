// The health of this engine as a list of parts: the backend, each flow, and its nodes that do not run.
import type { HealthReport } from "../admin/api.ts";
import type { BackendHealth } from "../backend/backend.ts";
import type { Deployer } from "../deploy/deployer.ts";

/** What is said of a flow that safe mode keeps from starting. */
export const SAFE_MODE = "Safe mode: it does not run. Repair what ended the engine, then deploy or start it.";

export function healthReport(backend: BackendHealth, flows: readonly Deployer[]): HealthReport {
  const components = [
    { name: "backend", healthy: backend.up, text: backend.text },
    ...flows.flatMap((flow) => [flowHealth(flow), ...nodeHealth(flow)]),
  ];
  const healthy = components.every((component) => component.healthy);
  return { status: healthy ? "healthy" : "error", time: Date.now(), components };
}

function flowHealth(flow: Deployer) {
  const { state, problems } = flow;
  const name = `flow ${flow.name}`;
  switch (state) {
    case "running":
      return { name, healthy: true, text: `Revision ${flow.revision} runs.` };
    case "stopped":
      if (flow.isHeld) return { name, healthy: false, text: SAFE_MODE };
      return { name, healthy: true, text: "Stopped by hand." };
    case "invalid":
      if (flow.isHeld) return { name, healthy: false, text: SAFE_MODE };
      return { name, healthy: false, text: problems[0]?.message ?? "It did not start; see the log." };
  }
}

function nodeHealth(flow: Deployer) {
  if (flow.state !== "running") return [];
  return [...flow.running().runners()]
    .filter((runner) => runner.state === "failed")
    .map((runner) => ({
      name: `node ${flow.name}/${runner.planned.id}`,
      healthy: false,
      text: runner.errors[0]?.message ?? "It failed to start.",
    }));
}
