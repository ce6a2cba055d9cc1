// Asks the engine about problems while a person draws: a moment after each change of the open flow. What it answers
// counts only if nothing changed meanwhile; when it does not answer, the old problems stay.
import type { Api } from "../api/api.ts";
import { ApiFailure } from "../api/request.ts";
import { type DocumentStore, openDocument } from "../document/store.ts";

const AFTER_MS = 700;

/** Begins to watch; returns how to stop. */
export function watchProblems(api: Api, document: DocumentStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async () => {
    const { name, draft } = document.current();
    if (name === "") return;
    try {
      const { problems } = await api.validate(name, draft);
      if (document.state.getState().documents[name]?.draft === draft) document.setProblems(name, problems);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
    }
  };
  const stop = document.state.subscribe((now, before) => {
    const [is, was] = [openDocument(now), openDocument(before)];
    // A layout has no problems.
    const same =
      is.name === was.name && is.draft.flow === was.draft.flow && is.draft.files === was.draft.files;
    if (same) return;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), is.name === was.name ? AFTER_MS : 0);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
