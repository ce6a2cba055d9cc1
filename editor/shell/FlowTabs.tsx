// One tab per flow, and the way to a new one.
import { ActionIcon, Button, Popover, TextInput, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { FlowSummary } from "../../engine/admin/api.ts";
import { ApiFailure } from "../api/request.ts";
import { slug } from "../document/naming.ts";
import { hasChanges } from "../document/store.ts";
import { useEditor, useSession } from "../editor.ts";
import style from "./shell.module.css";

export function FlowTabs() {
  const { t } = useTranslation();
  const flows = useSession((session) => session.flows);
  return (
    <nav className={style.tabs} aria-label={t("tabs.flows")}>
      <div className={style.tabList} role="tablist" aria-label={t("tabs.flows")}>
        {flows.map((flow) => (
          <FlowTab key={flow.name} flow={flow} />
        ))}
      </div>
      <NewFlow names={flows.map((flow) => flow.name)} />
    </nav>
  );
}

function FlowTab({ flow }: { readonly flow: FlowSummary }) {
  const { t } = useTranslation();
  const { document, session } = useEditor();
  const open = useStore(document.state, (state) => state.open === flow.name);
  const title = useStore(document.state, (state) => {
    const known = state.documents[flow.name];
    return known ? (known.draft.flow.title ?? flow.name) : flow.title || flow.name;
  });
  const changed = useStore(document.state, (state) => {
    const known = state.documents[flow.name];
    return known !== undefined && hasChanges(known);
  });
  const isNew = useStore(
    document.state,
    (state) => (state.documents[flow.name]?.revision ?? flow.revision) === 0,
  );
  const show = async () => {
    try {
      await session.open(flow.name);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      notifications.show({ message: error.message, color: "red" });
    }
  };
  return (
    <div className={style.tab} data-open={open}>
      <button
        type="button"
        role="tab"
        aria-selected={open}
        className={style.tabButton}
        data-testid={`flow-${flow.name}`}
        onClick={() => void show()}
      >
        <span className={style.tabState} data-state={isNew ? "new" : flow.state} />
        {title}
        {changed && (
          <span className={style.tabChanged} role="img" aria-label={t("tabs.changed")}>
            •
          </span>
        )}
      </button>
      {isNew && (
        <Tooltip label={t("tabs.closed")}>
          <button
            type="button"
            className={style.tabClose}
            aria-label={`${t("tabs.closed")}: ${title}`}
            onClick={() => session.discard(flow.name)}
          >
            <IconX size={12} />
          </button>
        </Tooltip>
      )}
    </div>
  );
}

function NewFlow({ names }: { readonly names: readonly string[] }) {
  const { t } = useTranslation();
  const { session } = useEditor();
  const [open, setOpen] = useState(false);
  const [title, setTitle] = useState("");
  const name = slug(title);
  const taken = names.includes(name);

  const create = () => {
    if (title.trim() === "" || taken) return;
    session.create(title.trim());
    setOpen(false);
    setTitle("");
  };

  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <ActionIcon
          size="md"
          aria-label={t("tabs.new")}
          onClick={() => setOpen(!open)}
          data-testid="new-flow"
        >
          <IconPlus size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={style.newFlow}
          onSubmit={(event) => {
            event.preventDefault();
            create();
          }}
        >
          <TextInput
            label={t("tabs.newTitle")}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            error={title.trim() !== "" && taken ? t("tabs.taken", { name }) : null}
            description={title.trim() === "" ? null : t("tabs.newHint", { name })}
            data-autofocus
          />
          <Button type="submit" disabled={title.trim() === "" || taken}>
            {t("tabs.create")}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
