// The changes of a deploy, one line each: + added, - removed, ~ changed; and what came of it.
import type { DeployResult } from "../../admin/api.ts";
import type { FlowChange } from "../flow-changes.ts";
import type { Style, Terminal } from "../terminal.ts";
import { count } from "./table.ts";

const MARKS: Readonly<Record<FlowChange["change"], readonly [string, Style]>> = {
  added: ["+", "good"],
  removed: ["-", "bad"],
  changed: ["~", "warning"],
};

export function showChanges(flow: string, changes: readonly FlowChange[], terminal: Terminal): string {
  if (changes.length === 0) return `${flow}: nothing changes.`;
  const lines = changes.map(({ kind, name, change }) => {
    const [mark, style] = MARKS[change];
    return terminal.style(style, `  ${mark} ${kind} ${name}`);
  });
  return [`${flow}: ${count(changes.length, "change")}`, ...lines].join("\n");
}

export function showDeployed(flow: string, result: DeployResult, terminal: Terminal): string {
  const { revision, started, stopped, kept } = result;
  const facts = `${started.length} started, ${stopped.length} stopped, ${kept.length} kept`;
  return terminal.style("good", `${flow}: revision ${revision} deployed (${facts}).`);
}
