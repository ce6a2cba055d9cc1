// Problems as people read them and editors jump to them: `file:line:column severity sentence (code)`.
import type { Problem } from "../../base/errors/error.ts";
import type { Terminal } from "../terminal.ts";
import { count } from "./table.ts";

/** Problems of one file; `file` is as the person named it. */
export interface FileProblems {
  readonly file: string;
  readonly problems: readonly Problem[];
}

export function showProblems(files: readonly FileProblems[], terminal: Terminal): string {
  const blocks = files
    .filter(({ problems }) => problems.length > 0)
    .map(({ problems, file }) => problems.map((problem) => problemLine(file, problem, terminal)).join("\n"));
  return [...blocks, summary(files, terminal)].join("\n\n");
}

function problemLine(file: string, problem: Problem, terminal: Terminal): string {
  const place = [problem.file ?? file, problem.line, problem.column]
    .filter((part) => part !== undefined)
    .join(":");
  const severity = terminal.style(problem.severity === "error" ? "bad" : "warning", problem.severity);
  return `${terminal.style("strong", place)} ${severity} ${problem.message} ${terminal.style("quiet", `(${problem.code})`)}`;
}

function summary(files: readonly FileProblems[], terminal: Terminal): string {
  const { errors, warnings } = countProblems(files);
  const checked = `${count(files.length, "flow")} checked`;
  if (errors + warnings === 0) return terminal.style("good", `${checked}, no problems.`);
  const found = [errors > 0 ? count(errors, "error") : "", warnings > 0 ? count(warnings, "warning") : ""];
  const text = `${checked}: ${found.filter((part) => part !== "").join(", ")}.`;
  return terminal.style(errors > 0 ? "bad" : "warning", text);
}

export function countProblems(files: readonly FileProblems[]): { errors: number; warnings: number } {
  const all = files.flatMap(({ problems }) => problems);
  const errors = all.filter((problem) => problem.severity === "error").length;
  return { errors, warnings: all.length - errors };
}
