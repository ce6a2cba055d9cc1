// What was found in the scripts that were opened, for the problems panel. Kept per editor, beside what the engine
// says of the flow.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Problem } from "../../engine/admin/api.ts";
import type { Editor } from "../editor.ts";
import { summary } from "./script-check.ts";
import type { PlacedProblem } from "./script-service.ts";

export interface ScriptPlace {
  readonly flow: string;
  readonly node: string;
  /** From the node: `["config", "code"]`. */
  readonly path: readonly (string | number)[];
  readonly file: string | null;
}

export interface ScriptReports {
  /** By flow, then by place in it. */
  readonly flows: Readonly<Record<string, Readonly<Record<string, readonly Problem[]>>>>;
}

const stores = new WeakMap<Editor, StoreApi<ScriptReports>>();

/** The reports of this editor. */
export function scriptReports(editor: Editor): StoreApi<ScriptReports> {
  const known = stores.get(editor) ?? createStore<ScriptReports>(() => ({ flows: {} }));
  stores.set(editor, known);
  return known;
}

/** Replaces what is known of one script. */
export function reportScript(editor: Editor, place: ScriptPlace, problems: readonly PlacedProblem[]): void {
  const store = scriptReports(editor);
  const path = ["nodes", place.node, ...place.path].map((step) => `/${escapeStep(String(step))}`).join("");
  const { flows } = store.getState();
  if (problems.length === 0 && !flows[place.flow]?.[path]) return;
  const found = problems.map(
    (problem): Problem => ({
      severity: problem.severity,
      code: `script/ts${problem.code}`,
      message: summary(problem.message),
      path,
      node: place.node,
      line: problem.line,
      column: problem.column,
      ...(place.file === null ? {} : { file: place.file }),
    }),
  );
  store.setState({ flows: { ...flows, [place.flow]: { ...flows[place.flow], [path]: found } } });
}

const escapeStep = (step: string): string => step.replaceAll("~", "~0").replaceAll("/", "~1");
