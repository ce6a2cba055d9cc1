// The parts of Monaco that scripts need, set up for a page without eval. Loaded as a chunk of its own, when code
// is first shown (monaco.ts).
import * as editorApi from "monaco-editor/editor/editor.api.js";
import EditorWorker from "monaco-editor/editor/editor.worker.js?worker";
// The TypeScript part asks for every feature once it runs, and what comes late would miss its services.
import "monaco-editor/features/register.all.js";
import "monaco-editor/languages/definitions/handlebars/register.js";
import "monaco-editor/languages/definitions/html/register.js";
import "monaco-editor/languages/definitions/markdown/register.js";
import "monaco-editor/languages/definitions/sql/register.js";
import "monaco-editor/languages/definitions/typescript/register.js";
import "monaco-editor/languages/definitions/xml/register.js";
import "monaco-editor/languages/definitions/yaml/register.js";
import * as typescript from "monaco-editor/languages/features/typescript/register.js";
import TypeScriptWorker from "monaco-editor/languages/features/typescript/ts.worker.js?worker";
import { defineThemes } from "./monaco-theme.ts";

/** Monaco, with its TypeScript service. */
export interface Monaco {
  readonly editor: typeof editorApi.editor;
  readonly api: typeof editorApi;
  readonly typescript: typeof typescript;
}

/** Sets Monaco up. To be called once. */
export function prepareMonaco(): Monaco {
  self.MonacoEnvironment = {
    getWorker: (_id, label) => (label === "typescript" ? new TypeScriptWorker() : new EditorWorker()),
  };
  const { typescriptDefaults, ScriptTarget, ModuleKind } = typescript;
  typescriptDefaults.setCompilerOptions({
    target: ScriptTarget.ESNext,
    module: ModuleKind.ESNext,
    lib: ["es2023"],
    strict: true,
    allowNonTsExtensions: true,
    noEmit: true,
    /** Each script is a module of its own: no two share names, and `await` stands at the top. */
    moduleDetection: 3,
    types: [],
  });
  // script-service.ts checks what the engine will run; Monaco would check the bare text.
  typescriptDefaults.setDiagnosticsOptions({
    noSemanticValidation: true,
    noSyntaxValidation: true,
    noSuggestionDiagnostics: true,
  });
  defineThemes(editorApi.editor);
  return { editor: editorApi.editor, api: editorApi, typescript };
}
