// What an engine says when it starts, in the order that programs may rely on: version, backend, flows, Editor,
// Endpoints, and then ready.
import type { FlowSummary } from "../../admin/api.ts";
import type { Terminal } from "../terminal.ts";
import { count } from "./table.ts";

export interface StartFacts {
  readonly version: string;
  readonly backend: string;
  readonly flows: readonly FlowSummary[];
  /** With the token; null when the editor is not served. */
  readonly editor: string | null;
  readonly admin: string;
  readonly endpoints: string;
}

export interface StartLine {
  readonly label: string;
  readonly text: string;
  /** The same for programs. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export function startLines(facts: StartFacts): StartLine[] {
  const { version, backend, flows, editor, admin, endpoints } = facts;
  return [
    { label: "Millrace", text: version, fields: { version } },
    { label: "Backend", text: backend, fields: { backend } },
    ...flows.map(({ name, nodes, state, problems }) => ({
      label: "Flow",
      text: `${name} (${count(nodes, "node")})${state === "running" ? "" : `, ${state}${problems > 0 ? `: ${count(problems, "problem")}` : ""}`}`,
      fields: { flow: name, nodes, state, problems },
    })),
    editor === null
      ? { label: "Admin API", text: admin, fields: { admin } }
      : { label: "Editor", text: editor, fields: { editor } },
    { label: "Endpoints", text: endpoints, fields: { endpoints } },
  ];
}

/** `Label: text`. */
export function plainLine({ label, text }: StartLine): string {
  return label === "Millrace" ? `${label} ${text}` : `${label}: ${text}`;
}

/** The same; on a terminal the labels stand in a column of their own. */
export function showStartLine(line: StartLine, terminal: Terminal): string {
  const { label, text } = line;
  if (!terminal.isPerson) return plainLine(line);
  if (label === "Millrace") return `${terminal.style("strong", label)} ${text}`;
  const head = terminal.style("quiet", `${label}:`.padStart(10));
  return `${head} ${text.startsWith("http") ? terminal.style("link", text) : text}`;
}
