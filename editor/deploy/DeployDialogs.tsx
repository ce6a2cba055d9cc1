// Questions that a deploy asks: before nodes go, and when someone else deployed first.
import { Button, Group, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { useDocument, useEditor } from "../editor.ts";
import style from "./deploy.module.css";
import { useDeploy } from "./use-deploy.ts";

const SHOWN = 8;

export function DeployDialogs() {
  return (
    <>
      <RemovalDialog />
      <ConflictDialog />
    </>
  );
}

function RemovalDialog() {
  const { t } = useTranslation();
  const { deployment } = useEditor();
  const removing = useStore(deployment.state, (state) => state.removing);
  const deployedNodes = useDocument((open) => open.deployed.flow.nodes);
  const deploy = useDeploy();
  const close = () => deployment.state.setState({ removing: [] });
  return (
    <Modal opened={removing.length > 0} onClose={close} title={t("deploy.removes")}>
      <p className={style.text}>{t("deploy.removesText", { count: removing.length })}</p>
      <ul className={style.removed}>
        {removing.slice(0, SHOWN).map((id) => (
          <li key={id}>
            {deployedNodes?.[id]?.title ?? id} <span className={style.type}>{deployedNodes?.[id]?.type}</span>
          </li>
        ))}
      </ul>
      {removing.length > SHOWN && (
        <p className={style.text}>{t("deploy.removesMore", { count: removing.length - SHOWN })}</p>
      )}
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={close}>
          {t("deploy.cancel")}
        </Button>
        <Button
          color="red"
          data-testid="deploy-confirm"
          data-autofocus
          onClick={() => {
            close();
            deploy({ removalConfirmed: true });
          }}
        >
          {t("deploy.button")}
        </Button>
      </Group>
    </Modal>
  );
}

function ConflictDialog() {
  const { t } = useTranslation();
  const { deployment } = useEditor();
  const conflict = useStore(deployment.state, (state) => state.conflict);
  const revision = useDocument((open) => open.revision);
  const deploy = useDeploy();
  return (
    <Modal opened={conflict !== null} onClose={deployment.dismiss} title={t("deploy.conflict")}>
      <p className={style.text}>
        {t("deploy.conflictText", { theirs: conflict?.revision ?? 0, yours: revision })}
      </p>
      <div className={style.choices}>
        <button type="button" className={style.choice} onClick={deployment.takeTheirs}>
          <strong>{t("deploy.theirs")}</strong>
          <span>{t("deploy.theirsHint")}</span>
        </button>
        <button type="button" className={style.choice} onClick={() => deploy({ overwrite: true })}>
          <strong>{t("deploy.overwrite")}</strong>
          <span>{t("deploy.overwriteHint")}</span>
        </button>
      </div>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={deployment.dismiss}>
          {t("deploy.cancel")}
        </Button>
      </Group>
    </Modal>
  );
}
