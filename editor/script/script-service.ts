// Checks a script while it is edited. Completion and hover come from Monaco's own service on the visible text; the
// errors come from a hidden text beside it that reads as the engine runs it (script-check.ts).
import type { editor } from "monaco-editor/editor/editor.api.js";
import type { Monaco } from "./monaco.ts";
import { checkedText, type ScriptProblem, scriptProblems } from "./script-check.ts";

/** A problem with the line and column where a person finds it. Both count from 1. */
export interface PlacedProblem extends ScriptProblem {
  readonly line: number;
  readonly column: number;
}

const OWNER = "millrace";
/** Quiet time after a key before the script is checked. */
const PAUSE_MS = 250;

/** Declares what is in scope. One script is edited at a time; its types replace those of the last. */
export function setScriptTypes(monaco: Monaco, types: string): void {
  const { typescriptDefaults } = monaco.typescript;
  const path = "ts:millrace/script.d.ts";
  if (typescriptDefaults.getExtraLibs()[path]?.content === types) return;
  typescriptDefaults.setExtraLibs([{ content: types, filePath: path }]);
}

/** Checks the model after each change, until disposed: marks it, and tells what was found. */
export function watchScript(
  monaco: Monaco,
  model: editor.ITextModel,
  tell: (problems: readonly PlacedProblem[]) => void,
): { check(): void; dispose(): void } {
  const uri = monaco.api.Uri.parse(`${model.uri.toString()}.checked.ts`);
  const hidden = monaco.editor.getModel(uri) ?? monaco.editor.createModel("", "typescript", uri);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let disposed = false;

  const run = async () => {
    const version = model.getVersionId();
    const code = model.getValue();
    const checked = checkedText(code);
    if (hidden.getValue() !== checked.text) hidden.setValue(checked.text);
    const service = await monaco.typescript.getTypeScriptWorker();
    const worker = await service(uri);
    const name = uri.toString();
    const found = await Promise.all([
      worker.getSyntacticDiagnostics(name),
      worker.getSemanticDiagnostics(name),
    ]);
    if (disposed || model.isDisposed() || model.getVersionId() !== version) return;
    const problems = scriptProblems(code, checked, found.flat()).map((problem) => {
      const { lineNumber, column } = model.getPositionAt(problem.start);
      return { ...problem, line: lineNumber, column };
    });
    monaco.editor.setModelMarkers(
      model,
      OWNER,
      problems.map((problem) => marker(monaco, model, problem)),
    );
    tell(problems);
  };
  const check = () => {
    clearTimeout(timer);
    // A worker that was replaced meanwhile rejects; the next change asks the new one.
    timer = setTimeout(() => run().catch(() => undefined), PAUSE_MS);
  };
  const listener = model.onDidChangeContent(check);
  check();
  return {
    check,
    dispose: () => {
      disposed = true;
      clearTimeout(timer);
      listener.dispose();
      hidden.dispose();
    },
  };
}

function marker(monaco: Monaco, model: editor.ITextModel, problem: PlacedProblem): editor.IMarkerData {
  const end = model.getPositionAt(Math.max(problem.end, problem.start + 1));
  return {
    severity: monaco.api.MarkerSeverity[problem.severity === "error" ? "Error" : "Warning"],
    message: problem.message,
    code: String(problem.code),
    startLineNumber: problem.line,
    startColumn: problem.column,
    endLineNumber: end.lineNumber,
    endColumn: end.column,
  };
}
