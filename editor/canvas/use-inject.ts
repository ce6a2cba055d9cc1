// Firing a source by hand.
import { notifications } from "@mantine/notifications";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ApiFailure } from "../api/request.ts";
import { own } from "../document/draft.ts";
import { useEditor } from "../editor.ts";

export function useInject(): (id: string, title: string) => Promise<void> {
  const { t } = useTranslation();
  const { api, document } = useEditor();
  return useCallback(
    async (id, title) => {
      const open = document.current();
      if (open.revision === 0 || own(open.deployed.flow.nodes, id) === undefined) {
        notifications.show({ message: t("canvas.injectNotDeployed", { title }), color: "yellow" });
        return;
      }
      try {
        await api.inject(open.name, id, {});
        notifications.show({ message: t("canvas.injected", { title }), color: "green", autoClose: 1_500 });
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error;
        notifications.show({ message: error.message, color: "red" });
      }
    },
    [api, document, t],
  );
}
