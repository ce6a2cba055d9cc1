// A cluster at a glance: engines, flows, and what is not healthy.
import type { HealthReport } from "../../admin/api.ts";
import type { ClusterStatus } from "../commands/status.ts";
import type { Style, Terminal } from "../terminal.ts";
import { count, table } from "./table.ts";

const FLOW_STYLES: Readonly<Record<string, Style>> = { running: "good", stopped: "quiet", invalid: "bad" };

export function showStatus({ health, engines, flows }: ClusterStatus, terminal: Terminal): string {
  const heading = (text: string) => terminal.style("strong", text);
  const columns = terminal.columns;
  const engineRows = engines.map((engine) => [
    engine.id,
    engine.version,
    `${engine.host}:${engine.pid}`,
    `${count(engine.flows.length, "flow")}${engine.self ? ", answers this" : ""}`,
  ]);
  const flowRows = flows.map((flow) => [
    flow.name,
    flow.state,
    `revision ${flow.revision}`,
    [count(flow.nodes, "node"), ...(flow.problems > 0 ? [count(flow.problems, "problem")] : [])].join(", "),
  ]);
  const flowStyle = (text: string, column: number) =>
    column === 1 ? terminal.style(FLOW_STYLES[text.trim()] ?? "quiet", text) : text;
  return [
    [heading("Engines"), ...table(engineRows, { columns, indent: "  " })],
    [heading("Flows"), ...table(flowRows, { columns, indent: "  ", style: flowStyle })],
    ...showHealth(health, terminal).map((text) => [text]),
  ]
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** The parts, and whether all of them are well. */
export function showHealth(health: HealthReport, terminal: Terminal): [parts: string, verdict: string] {
  const parts = health.components.map((part) => [part.name, part.healthy ? "healthy" : "error", part.text]);
  const style = (text: string, column: number) =>
    column === 1 ? terminal.style(text.trim() === "healthy" ? "good" : "bad", text) : text;
  const lines = table(parts, { columns: terminal.columns, indent: "  ", style });
  const verdict =
    health.status === "healthy" ? terminal.style("good", "healthy") : terminal.style("bad", "not healthy");
  return [[terminal.style("strong", "Health"), ...lines].join("\n"), verdict];
}
