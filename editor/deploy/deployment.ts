// Validating and deploying the open flow: what is sent, and what is done with each answer.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { DeployResult, FlowDetail, Problem } from "../../engine/admin/api.ts";
import type { Api } from "../api/api.ts";
import { ApiFailure } from "../api/request.ts";
import type { DocumentStore, OpenDocument } from "../document/store.ts";

export interface DeploymentState {
  readonly busy: boolean;
  /** The server has something newer than what the draft was made on: the person chooses. */
  readonly conflict: FlowDetail | null;
  /** Nodes that would go: the person confirms. Empty while nothing is asked. */
  readonly removing: readonly string[];
}

export type Outcome =
  | { readonly kind: "deployed"; readonly result: DeployResult }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] }
  | { readonly kind: "conflict" }
  | { readonly kind: "failed"; readonly message: string };

export interface Deployment {
  readonly state: StoreApi<DeploymentState>;
  /** Sends the open draft. With `overwrite` whatever is newest on the server is replaced. */
  deploy(options?: { readonly overwrite?: boolean; readonly note?: string }): Promise<Outcome>;
  /** Asks the engine for all problems of the open draft, and stores them with the document. */
  validate(): Promise<readonly Problem[]>;
  /** Ends a conflict by taking the server's version; undo brings the draft back. */
  takeTheirs(): void;
  /** Ends a conflict without a decision. */
  dismiss(): void;
}

export function createDeployment(api: Api, document: DocumentStore): Deployment {
  const state = createStore<DeploymentState>(() => ({ busy: false, conflict: null, removing: [] }));

  const send = async (
    open: OpenDocument,
    options: { overwrite?: boolean; note?: string },
  ): Promise<Outcome> => {
    const { name, draft, revision } = open;
    try {
      const result = await api.deploy(name, {
        ...draft,
        ...(options.overwrite ? {} : { baseRevision: revision }),
        ...(options.note === undefined ? {} : { note: options.note }),
      });
      document.setDeployed({ name, revision: result.revision, ...draft }, false);
      document.setProblems(name, result.problems);
      return { kind: "deployed", result };
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      if (error.status === 409 && error.conflict) {
        state.setState({ conflict: { ...error.conflict, name } });
        return { kind: "conflict" };
      }
      if (error.status === 422) {
        document.setProblems(name, error.problems);
        return { kind: "refused", problems: error.problems };
      }
      return { kind: "failed", message: error.message };
    }
  };

  return {
    state,
    deploy: async (options = {}) => {
      state.setState({ busy: true, conflict: null });
      try {
        return await send(document.current(), options);
      } finally {
        state.setState({ busy: false });
      }
    },
    validate: async () => {
      const { name, draft } = document.current();
      const { problems } = await api.validate(name, draft);
      document.setProblems(name, problems);
      return problems;
    },
    takeTheirs: () => {
      const { conflict } = state.getState();
      if (conflict) document.setDeployed(conflict, true);
      state.setState({ conflict: null });
    },
    dismiss: () => state.setState({ conflict: null }),
  };
}
