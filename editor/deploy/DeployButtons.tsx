// Validate and Deploy, and what is said about how it went.
import { Button, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useCallback, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { ApiFailure } from "../api/request.ts";
import { edits } from "../document/edits.ts";
import { useDocument, useEditor } from "../editor.ts";
import { showBottom } from "../shell/store.ts";
import style from "./deploy.module.css";
import { useDeploy } from "./use-deploy.ts";

export function DeployButtons() {
  const { t } = useTranslation();
  const { deployment, shell } = useEditor();
  const name = useDocument((open) => open.name);
  const draft = useDocument((open) => open.draft);
  const deployed = useDocument((open) => open.deployed);
  const revision = useDocument((open) => open.revision);
  const count = useMemo(() => edits(deployed, draft).length, [deployed, draft]);
  const busy = useStore(deployment.state, (state) => state.busy);
  const deploy = useDeploy();
  const nothing = name === "" || (count === 0 && revision > 0);

  useEffect(() => {
    shell.setState({ deploy });
    return () => shell.setState({ deploy: null });
  }, [shell, deploy]);

  const validate = useCallback(async () => {
    try {
      const problems = await deployment.validate();
      if (problems.length > 0) showBottom(shell, "problems");
      notifications.show({
        message: problems.length === 0 ? t("deploy.valid") : t("deploy.found", { count: problems.length }),
        color: problems.length === 0 ? "green" : "yellow",
      });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      notifications.show({ title: t("deploy.failed"), message: error.message, color: "red" });
    }
  }, [deployment, shell, t]);

  return (
    <div className={style.buttons}>
      <Button variant="default" disabled={name === ""} onClick={() => void validate()} data-testid="validate">
        {t("bar.validate")}
      </Button>
      <Tooltip label={nothing ? t("deploy.nothing") : t("deploy.changes", { count })}>
        <Button
          className={style.deploy}
          data-nothing={nothing}
          loading={busy}
          disabled={name === ""}
          onClick={() => deploy()}
          data-testid="deploy"
          rightSection={count > 0 ? <span className={style.count}>{count}</span> : null}
        >
          {t("deploy.button")}
        </Button>
      </Tooltip>
    </div>
  );
}
