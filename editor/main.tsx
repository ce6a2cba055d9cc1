// The composition root of the editor: every part is made here, once, and handed down.
import { createRoot } from "react-dom/client";
import { I18nextProvider } from "react-i18next";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@xyflow/react/dist/style.css";
import "./theme/tokens.css";
import "./theme/global.css";
import { createApi } from "./api/api.ts";
import { createCatalogueStore } from "./catalogue/store.ts";
import { createDeployment } from "./deploy/deployment.ts";
import { createDocumentStore } from "./document/store.ts";
import { type Editor, EditorContext } from "./editor.ts";
import { loadLanguage } from "./language/language.ts";
import { createLiveClient } from "./live/client.ts";
import { createLiveStore } from "./live/store.ts";
import { App } from "./shell/App.tsx";
import { createDraftStorage } from "./shell/drafts.ts";
import { createSession } from "./shell/session.ts";
import { createShellStore } from "./shell/store.ts";

const language = await loadLanguage();
const api = createApi();
const document_ = createDocumentStore();
const live = createLiveStore();
const parts = {
  api,
  document: document_,
  catalogue: createCatalogueStore(),
  live,
  liveClient: createLiveClient(live),
  shell: createShellStore(),
};
const session = createSession({ ...parts, drafts: createDraftStorage(localStorage) });
const editor: Editor = { ...parts, session, deployment: createDeployment(api, document_) };

const root = document.getElementById("root");
if (!root) throw new Error("The page has no element with the id root.");
createRoot(root).render(
  <I18nextProvider i18n={language}>
    <EditorContext.Provider value={editor}>
      <App />
    </EditorContext.Provider>
  </I18nextProvider>,
);
void session.start();
