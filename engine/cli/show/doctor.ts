// What the doctor found, worst first: each invariant in a sentence, and below it what it is about.
import type { DoctorReport } from "../../admin/api.ts";
import type { Style, Terminal } from "../terminal.ts";
import { count, wrap } from "./table.ts";

type Level = DoctorReport["findings"][number]["level"];

const LEVELS: Readonly<Record<Level, { order: number; mark: string; style: Style }>> = {
  violated: { order: 0, mark: "violated", style: "bad" },
  warning: { order: 1, mark: "warning ", style: "warning" },
  ok: { order: 2, mark: "ok      ", style: "good" },
};
const INDENT = " ".repeat(10);

export function showDoctor({ status, findings }: DoctorReport, terminal: Terminal): string {
  const sorted = findings.toSorted((a, b) => LEVELS[a.level].order - LEVELS[b.level].order);
  const lines = sorted.flatMap(({ level, text, items }) => {
    const { mark, style } = LEVELS[level];
    const [first = "", ...rest] = wrap(text, Math.max(40, terminal.columns - INDENT.length));
    return [
      `${terminal.style(style, mark)}  ${first}`,
      ...rest.map((line) => INDENT + line),
      ...items.map((item) => `${INDENT}- ${item}`),
    ];
  });
  return [...lines, "", verdict(status, findings, terminal)].join("\n");
}

function verdict(
  status: DoctorReport["status"],
  findings: DoctorReport["findings"],
  terminal: Terminal,
): string {
  const of = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const warnings = of("warning") > 0 ? `, with ${count(of("warning"), "warning")}` : "";
  if (status === "sound") return terminal.style("good", `sound${warnings}`);
  return terminal.style("bad", `${count(of("violated"), "invariant")} violated${warnings}`);
}
