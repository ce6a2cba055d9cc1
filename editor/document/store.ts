// The store of open flows: each has a draft, what is deployed, its history and its selection. Every edit goes
// through `dispatch`. React reads it by narrow selectors (hooks.ts); nothing here knows React or the network.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { FlowDetail, Problem } from "../../engine/admin/api.ts";
import type { Command } from "./commands/command.ts";
import { type Draft, EMPTY_DRAFT, NOTHING_SELECTED, nodeOf, type Selection } from "./draft.ts";
import { edits } from "./edits.ts";
import { type History, NO_HISTORY, record, redo, seal, undo } from "./history.ts";
import { settlePlaces } from "./places.ts";
import { topicUses, wiresOf } from "./wires.ts";

export interface OpenDocument {
  /** Name of the flow; "" while none is open. */
  readonly name: string;
  readonly draft: Draft;
  /** What runs, as the server told it last. */
  readonly deployed: Draft;
  /** The revision that the draft was made on; 0 for a flow that was never deployed. */
  readonly revision: number;
  readonly history: History;
  readonly selection: Selection;
  /** Of the last validation or deploy; they may speak of an older draft. */
  readonly problems: readonly Problem[];
  /** A place to bring into view: canvas and inspector follow when `serial` grows. */
  readonly focus: Focus | null;
}

export interface Focus {
  readonly node?: string;
  readonly topic?: string;
  /** JSON Pointer into the flow. */
  readonly path?: string;
  readonly serial: number;
}

export interface DocumentState {
  /** The flow on the canvas, or null. */
  readonly open: string | null;
  /** Open flows by name, in the order of their tabs. */
  readonly documents: Readonly<Record<string, OpenDocument>>;
}

export const NO_DOCUMENT: OpenDocument = {
  name: "",
  draft: EMPTY_DRAFT,
  deployed: EMPTY_DRAFT,
  revision: 0,
  history: NO_HISTORY,
  selection: NOTHING_SELECTED,
  problems: [],
  focus: null,
};

/** The document on the canvas; an empty one while none is open. */
export function openDocument(state: DocumentState): OpenDocument {
  return (state.open === null ? undefined : state.documents[state.open]) ?? NO_DOCUMENT;
}

export interface DocumentStore {
  readonly state: StoreApi<DocumentState>;
  /** The document on the canvas. */
  current(): OpenDocument;
  /** Does an edit on the open flow and remembers how to take it back. */
  dispatch(command: Command): void;
  /** Ends a gesture: the next edit will not merge into the last mark. */
  seal(): void;
  undo(): void;
  redo(): void;
  /** Replaces the selection; parts left out are empty. */
  select(selection: Partial<Selection>): void;
  /** Selects a place and brings it into view. */
  reveal(place: Omit<Focus, "serial">): void;
  setProblems(name: string, problems: readonly Problem[]): void;
  /** Opens a flow. `unsaved` is work to go on with, and the revision it began with. */
  load(detail: FlowDetail, unsaved?: { readonly draft: Draft; readonly revision: number }): void;
  show(name: string): void;
  close(name: string): void;
  /** The server has this now. The draft stays, or becomes this too when `replaceDraft`. */
  setDeployed(detail: FlowDetail, replaceDraft: boolean): void;
}

export function createDocumentStore(): DocumentStore {
  const state = createStore<DocumentState>(() => ({ open: null, documents: {} }));
  let serial = 0;

  const update = (name: string | null, change: (document: OpenDocument) => OpenDocument) => {
    const { documents } = state.getState();
    const document = name === null ? undefined : documents[name];
    if (!document) return;
    const next = change(document);
    if (next !== document) state.setState({ documents: { ...documents, [document.name]: next } });
  };
  const updateOpen = (change: (document: OpenDocument) => OpenDocument) =>
    update(state.getState().open, change);

  return {
    state,
    current: () => openDocument(state.getState()),
    dispatch: (command) =>
      updateOpen((document) => {
        const draft = settlePlaces(document.draft, command.apply(document.draft));
        if (draft === document.draft) return document;
        const history = record(document.history, command, document.draft, draft);
        return history === document.history ? document : { ...document, draft, history };
      }),
    seal: () =>
      updateOpen((document) => {
        const history = seal(document.history);
        return history === document.history ? document : { ...document, history };
      }),
    undo: () => updateOpen((document) => stepped(document, undo(document.history, document.draft))),
    redo: () => updateOpen((document) => stepped(document, redo(document.history, document.draft))),
    select: (selection) =>
      updateOpen((document) => ({
        ...document,
        selection: { ...NOTHING_SELECTED, ...selection },
        history: seal(document.history),
      })),
    reveal: (place) =>
      updateOpen((document) => {
        serial += 1;
        return {
          ...document,
          selection: {
            ...NOTHING_SELECTED,
            ...(place.node === undefined ? {} : { nodes: [place.node] }),
            ...(place.topic === undefined ? {} : { topics: [place.topic] }),
          },
          focus: { ...place, serial },
        };
      }),
    setProblems: (name, problems) => update(name, (document) => ({ ...document, problems })),
    load: (detail, unsaved) => {
      const deployed = { flow: detail.flow, layout: detail.layout, files: detail.files };
      const document: OpenDocument = {
        ...NO_DOCUMENT,
        name: detail.name,
        deployed,
        draft: unsaved?.draft ?? deployed,
        revision: unsaved?.revision ?? detail.revision,
      };
      const { documents } = state.getState();
      state.setState({ documents: { ...documents, [detail.name]: document } });
    },
    show: (name) => {
      if (state.getState().documents[name]) state.setState({ open: name });
    },
    close: (name) => {
      const { documents, open } = state.getState();
      const { [name]: _, ...rest } = documents;
      state.setState({ documents: rest, open: open === name ? (Object.keys(rest).at(-1) ?? null) : open });
    },
    setDeployed: (detail, replaceDraft) =>
      update(detail.name, (document) => {
        const deployed = { flow: detail.flow, layout: detail.layout, files: detail.files };
        const draft = replaceDraft ? deployed : document.draft;
        // Taking the server's version is an edit like any other: undo brings the draft back.
        const history = record(
          document.history,
          { label: "Load the deployed version" },
          document.draft,
          draft,
        );
        return { ...document, deployed, draft, history, revision: detail.revision };
      }),
  };
}

function stepped(document: OpenDocument, step: { draft: Draft; history: History } | null): OpenDocument {
  if (!step) return document;
  const { draft, history } = step;
  return { ...document, draft, history, selection: existing(document.selection, draft) };
}

const compared = new WeakMap<Draft, { readonly deployed: Draft; readonly changed: boolean }>();

/** Whether a document has work that is not deployed. */
export function hasChanges({ draft, deployed, revision }: OpenDocument): boolean {
  if (revision === 0) return true;
  const known = compared.get(draft);
  if (known?.deployed === deployed) return known.changed;
  const changed = edits(deployed, draft).length > 0;
  compared.set(draft, { deployed, changed });
  return changed;
}

/** What of a selection a draft still has. */
function existing(selection: Selection, draft: Draft): Selection {
  const uses = topicUses(draft.flow);
  const wires = new Set([...uses.values()].flatMap((use) => wiresOf(use).map((wire) => wire.id)));
  return {
    nodes: selection.nodes.filter((id) => nodeOf(draft, id) !== undefined),
    topics: selection.topics.filter((name) => uses.has(name)),
    wires: selection.wires.filter((id) => wires.has(id)),
  };
}
