// Deploying as a person sees it: asks before nodes go, sends, and tells the outcome.
import { notifications } from "@mantine/notifications";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { edits } from "../document/edits.ts";
import { problemPlace } from "../document/problems.ts";
import { useEditor } from "../editor.ts";
import { showBottom } from "../shell/store.ts";

export interface DeployOptions {
  /** The person has seen what goes. */
  readonly removalConfirmed?: boolean;
  readonly overwrite?: boolean;
}

export function useDeploy(): (options?: DeployOptions) => void {
  const { t } = useTranslation();
  const { deployment, document, session, shell } = useEditor();

  return useCallback(
    (options = {}) => {
      const open = document.current();
      if (open.name === "" || deployment.state.getState().busy) return;
      const removed = edits(open.deployed, open.draft).filter(
        (edit) => edit.kind === "node" && edit.change === "removed",
      );
      if (removed.length > 0 && !options.removalConfirmed && !options.overwrite) {
        deployment.state.setState({ removing: removed.map((edit) => edit.name) });
        return;
      }
      const send = async () => {
        const outcome = await deployment.deploy(options.overwrite ? { overwrite: true } : {});
        switch (outcome.kind) {
          case "deployed": {
            const { revision, started, stopped, kept, problems } = outcome.result;
            const counts = { started: started.length, stopped: stopped.length, kept: kept.length };
            notifications.show({
              title: t("deploy.done", { revision }),
              message: t("deploy.counts", counts),
              color: problems.length > 0 ? "yellow" : "green",
            });
            await session.refresh();
            return;
          }
          case "refused": {
            const count = outcome.problems.filter((problem) => problem.severity === "error").length;
            showBottom(shell, "problems");
            notifications.show({
              title: t("deploy.refused"),
              message: t("deploy.refusedText", { count }),
              color: "red",
            });
            const first = outcome.problems.find((problem) => problem.severity === "error");
            if (first) document.reveal(problemPlace(first));
            return;
          }
          case "failed":
            notifications.show({ title: t("deploy.failed"), message: outcome.message, color: "red" });
            return;
          case "conflict": // DeployDialogs asks what to do
        }
      };
      void send();
    },
    [deployment, document, session, shell, t],
  );
}
