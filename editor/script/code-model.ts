// The texts that Monaco edits. One text may be shown twice (small, and full-screen); it is let go a moment after the
// last view, so that its own undo history survives the change from one view to the other.
import type { editor } from "monaco-editor/editor/editor.api.js";
import type { Monaco } from "./monaco.ts";

const views = new WeakMap<editor.ITextModel, number>();
const LINGER_MS = 500;

/** The model of a path, made if there is none. Each call needs one `releaseModel`. */
export function acquireModel(
  monaco: Monaco,
  path: string,
  text: string,
  language: string,
): editor.ITextModel {
  const uri = monaco.api.Uri.from({ scheme: "file", path: `/${path}` });
  const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(text, language, uri);
  views.set(model, (views.get(model) ?? 0) + 1);
  setText(model, text);
  return model;
}

/** Lets go of a view of a model. */
export function releaseModel(model: editor.ITextModel): void {
  views.set(model, (views.get(model) ?? 1) - 1);
  setTimeout(() => {
    if (views.get(model) === 0 && !model.isDisposed()) model.dispose();
  }, LINGER_MS);
}

/** Takes over a text from outside (undo of the editor, another deploy), as an edit that Monaco can undo too. */
export function setText(model: editor.ITextModel, text: string): void {
  if (model.getValue() === text) return;
  model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null);
}
