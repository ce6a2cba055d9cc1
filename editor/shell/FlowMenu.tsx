// What can be done with the flow as a whole: stop, start, delete.
import { Button, Group, Menu, Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlayerPlay, IconPlayerStop, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiFailure } from "../api/request.ts";
import { useDocument, useEditor, useSession } from "../editor.ts";

/** Items for the menu in the bar, and the question before a flow is deleted. */
export function useFlowMenu(): { readonly items: React.ReactNode; readonly dialog: React.ReactNode } {
  const { t } = useTranslation();
  const { api, session } = useEditor();
  const [asking, setAsking] = useState(false);
  const name = useDocument((open) => open.name);
  const revision = useDocument((open) => open.revision);
  const title = useDocument((open) => open.draft.flow.title ?? open.name);
  const running = useSession((state) => state.flows.find((flow) => flow.name === name)?.state === "running");

  const act = async (action: () => Promise<void>, done: string) => {
    try {
      await action();
      await session.refresh();
      notifications.show({ message: done, color: "green" });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      notifications.show({ message: error.message, color: "red" });
    }
  };

  if (name === "" || revision === 0) return { items: null, dialog: null };
  const items = (
    <>
      <Menu.Item
        leftSection={running ? <IconPlayerStop size={15} /> : <IconPlayerPlay size={15} />}
        onClick={() =>
          void (running
            ? act(() => api.stop(name), t("flow.stopped", { title }))
            : act(() => api.start(name), t("flow.started", { title })))
        }
      >
        {t(running ? "flow.stop" : "flow.start")}
      </Menu.Item>
      <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => setAsking(true)}>
        {t("flow.delete")}
      </Menu.Item>
      <Menu.Divider />
    </>
  );
  const dialog = (
    <Modal opened={asking} onClose={() => setAsking(false)} title={t("flow.deleteTitle", { title })}>
      {t("flow.deleteText", { name })}
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={() => setAsking(false)}>
          {t("deploy.cancel")}
        </Button>
        <Button
          color="red"
          onClick={() => {
            setAsking(false);
            void act(
              async () => {
                await api.remove(name);
                session.discard(name);
              },
              t("flow.deleted", { title }),
            );
          }}
        >
          {t("flow.delete")}
        </Button>
      </Group>
    </Modal>
  );
  return { items, dialog };
}
