// One sitting at the editor: who we are, which flows there are, opening them, and keeping drafts, live rooms and
// the engine's view in step.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { DeployEvent, FlowSummary } from "../../engine/admin/api.ts";
import type { Api } from "../api/api.ts";
import { ApiFailure } from "../api/request.ts";
import type { CatalogueStore } from "../catalogue/store.ts";
import { watchProblems } from "../deploy/watch-problems.ts";
import { equal } from "../document/changes.ts";
import { EMPTY_DRAFT } from "../document/draft.ts";
import { edits } from "../document/edits.ts";
import { freeName, slug } from "../document/naming.ts";
import type { DocumentStore } from "../document/store.ts";
import type { LiveClient } from "../live/client.ts";
import { followRooms } from "../live/follow.ts";
import type { LiveStore } from "../live/store.ts";
import { type DraftStorage, keepDrafts } from "./drafts.ts";
import type { ShellStore } from "./store.ts";

const HEALTH_EVERY_MS = 10_000;
const AGAIN_AFTER_MS = 3_000;

export interface SessionState {
  /** Flows on the server, and new ones that live only here (revision 0). */
  readonly flows: readonly FlowSummary[];
  readonly loaded: boolean;
}

/** Someone else's deploy of an open flow. */
export interface Elsewhere {
  readonly event: DeployEvent;
  /** The canvas shows it; otherwise unsaved work was kept. */
  readonly loaded: boolean;
}

export interface Session {
  readonly state: StoreApi<SessionState>;
  /** Asks who we are (with the token of the address, if there is one) and begins. */
  start(): Promise<void>;
  login(token: string): Promise<void>;
  logout(): Promise<void>;
  open(name: string): Promise<void>;
  /** Makes a flow that exists only here until it is deployed, and shows it. */
  create(title: string): void;
  /** Closes a flow and forgets what of it lives only here. */
  discard(name: string): void;
  refresh(): Promise<void>;
  onElsewhere(listener: (news: Elsewhere) => void): () => void;
}

export interface SessionParts {
  readonly api: Api;
  readonly document: DocumentStore;
  readonly catalogue: CatalogueStore;
  readonly live: LiveStore;
  readonly liveClient: LiveClient;
  readonly shell: ShellStore;
  readonly drafts: DraftStorage;
}

export function createSession(parts: SessionParts): Session {
  const { api, document, catalogue, live, liveClient, shell, drafts } = parts;
  const state = createStore<SessionState>(() => ({ flows: [], loaded: false }));
  const listeners = new Set<(news: Elsewhere) => void>();
  let begun = false;
  let healthTimer: ReturnType<typeof setTimeout> | undefined;

  const refresh = async () => {
    const known = await api.flows();
    const names = new Set(known.map((flow) => flow.name));
    const local = drafts.names().flatMap((name) => {
      const stored = names.has(name) ? null : drafts.read(name);
      return stored?.revision === 0 ? [newSummary(name, stored.draft.flow.title ?? name)] : [];
    });
    state.setState({ flows: [...known, ...local], loaded: true });
  };

  const open = async (name: string) => {
    if (!document.state.getState().documents[name]) {
      const stored = drafts.read(name);
      const isNew = state.getState().flows.some((flow) => flow.name === name && flow.revision === 0);
      const detail = isNew ? { name, revision: 0, ...EMPTY_DRAFT } : { ...(await api.flow(name)), name };
      // Work that meanwhile runs, however it got there, is no unsaved work.
      const unsaved = stored && (isNew || edits(detail, stored.draft).length > 0) ? stored : undefined;
      document.load(detail, unsaved);
    }
    document.show(name);
    location.hash = encodeURIComponent(name);
  };

  const begin = async () => {
    if (begun) return;
    begun = true;
    keepDrafts(document, drafts);
    followRooms(document, liveClient);
    watchProblems(api, document);
    liveClient.onDeploy((event) => void deployed(event).catch(ignoreOffline));
    liveClient.hold("deploy");
    liveClient.hold("engines");
    liveClient.onReturn(() => void returned().catch(ignoreOffline));
    liveClient.connect();
    await loaded();
    const wanted = decodeURIComponent(location.hash.slice(1));
    const { flows } = state.getState();
    const first = flows.find((flow) => flow.name === wanted) ?? flows[0];
    if (first) await open(first.name);
    void askHealth();
  };

  /** Asks for node types and flows until the engine answers. */
  const loaded = async (): Promise<void> => {
    try {
      await Promise.all([api.types().then(catalogue.set), refresh()]);
    } catch (error) {
      ignoreOffline(error);
      signedOut(error);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
      await loaded();
    }
  };

  /** The engine is back: it may know other node types, and newer revisions. */
  const returned = async () => {
    await loaded();
    for (const { name, revision } of state.getState().flows)
      await deployed({ flow: name, revision, author: "someone" });
    await askHealth();
  };

  const askHealth = async () => {
    clearTimeout(healthTimer);
    try {
      const [health, engines] = await Promise.all([api.health(), api.engines()]);
      live.setState({ health, engines });
    } catch (error) {
      live.setState({ health: null });
      signedOut(error);
    }
    healthTimer = setTimeout(() => void askHealth(), HEALTH_EVERY_MS);
  };

  const signedOut = (error: unknown) => {
    if (error instanceof ApiFailure && error.status === 401) shell.setState({ me: null });
  };

  const deployed = async (event: DeployEvent) => {
    if (event.error !== undefined) return;
    await refresh();
    const known = document.state.getState().documents[event.flow];
    if (!known || known.revision >= event.revision) return;
    const detail = { ...(await api.flow(event.flow)), name: event.flow };
    const now = document.state.getState().documents[event.flow];
    // Our own deploy tells of itself too, perhaps before its answer: then what runs is what we drew.
    if (!now || now.revision >= detail.revision || equal(now.draft.flow, detail.flow)) return;
    const loaded = edits(now.deployed, now.draft).length === 0;
    if (loaded) document.setDeployed(detail, true);
    for (const listener of listeners) listener({ event, loaded });
  };

  return {
    state,
    refresh,
    open,
    start: async () => {
      try {
        const token = takeToken();
        shell.setState({ me: token === null ? await api.me() : await enter(api, token) });
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error;
        shell.setState({ me: null });
        return;
      }
      await begin();
    },
    login: async (token) => {
      shell.setState({ me: await enter(api, token) });
      if (!begun) return begin();
      // Signed out while working: the drafts are still here.
      liveClient.connect();
      await returned().catch(ignoreOffline);
    },
    logout: async () => {
      await api.logout();
      liveClient.disconnect();
      shell.setState({ me: null });
    },
    create: (title) => {
      const { flows } = state.getState();
      const name = freeName(slug(title), (taken) => flows.some((flow) => flow.name === taken));
      state.setState({ flows: [...flows, newSummary(name, title)] });
      document.load(
        { name, revision: 0, ...EMPTY_DRAFT },
        { draft: { ...EMPTY_DRAFT, flow: { title } }, revision: 0 },
      );
      document.show(name);
      location.hash = encodeURIComponent(name);
    },
    discard: (name) => {
      document.close(name);
      drafts.remove(name);
      const flows = state.getState().flows.filter((flow) => flow.name !== name);
      state.setState({ flows });
      const first = flows[0];
      if (document.current().name === "" && first) void open(first.name).catch(ignoreOffline);
    },
    onElsewhere: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function newSummary(name: string, title: string): FlowSummary {
  return { name, title, revision: 0, state: "stopped", nodes: 0, problems: 0 };
}

async function enter(api: Api, token: string) {
  await api.login(token);
  return api.me();
}

/** The token in the page's address, which is taken out of it at once. */
function takeToken(): string | null {
  const address = new URL(location.href);
  const token = address.searchParams.get("token");
  if (token !== null) {
    address.searchParams.delete("token");
    history.replaceState(null, "", address);
  }
  return token;
}

function ignoreOffline(error: unknown): void {
  // The connection light shows it; the next event or poll asks again.
  if (!(error instanceof ApiFailure)) throw error;
}
