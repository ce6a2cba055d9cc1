// What debug nodes showed, live: filter, pause, clear; a click on a node's name leads to it.
import { ActionIcon, Select, Tooltip, UnstyledButton } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { memo, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DebugEvent } from "../../engine/admin/api.ts";
import { own } from "../document/draft.ts";
import { useDocument, useEditor, useLive } from "../editor.ts";
import type { Numbered } from "../live/store.ts";
import { LiveList } from "./LiveList.tsx";
import { formatTime } from "./numbers.ts";
import classes from "./panels.module.css";
import { TreeView } from "./TreeView.tsx";
import { debugTail } from "./tail.ts";

export function DebugPanel() {
  const { t } = useTranslation();
  const { live } = useEditor();
  const flow = useDocument((document) => document.name);
  const nodes = useDocument((document) => document.draft.flow.nodes);
  // Under a flood the rest of the page comes first.
  const entries = useDeferredValue(useLive((state) => state.debug));
  const leftOut = useLive((state) => state.leftOut[`debug:${flow}`] ?? 0);
  const [node, setNode] = useState<string | null>(null);
  const [text, setText] = useState("");
  const [clearedTo, setClearedTo] = useState(0);
  const [pausedAt, setPausedAt] = useState<number | null>(null);
  const { shown, held } = useMemo(
    () => debugTail(entries, { flow, node, text, clearedTo, pausedAt }),
    [entries, flow, node, text, clearedTo, pausedAt],
  );
  const newest = () => live.getState().debug.at(-1)?.serial ?? 0;
  const senders = useMemo(() => [...new Set(entries.map((entry) => entry.node))], [entries]);

  return (
    <LiveList
      name="debug"
      text={text}
      onText={setText}
      onClear={() => setClearedTo(newest())}
      filters={
        <Select
          size="xs"
          w={180}
          aria-label={t("panels.allNodes")}
          placeholder={t("panels.allNodes")}
          clearable
          searchable
          data={senders.map((id) => ({ value: id, label: own(nodes, id)?.title ?? id }))}
          value={node}
          onChange={setNode}
        />
      }
      notes={
        <>
          {held > 0 && t("panels.paused", { count: held })}{" "}
          {leftOut > 0 && t("panels.leftOut", { count: leftOut })}
        </>
      }
      actions={
        <Tooltip label={t(pausedAt === null ? "panels.pause" : "panels.resume")}>
          <ActionIcon
            size="sm"
            aria-label={t(pausedAt === null ? "panels.pause" : "panels.resume")}
            aria-pressed={pausedAt !== null}
            onClick={() => setPausedAt(pausedAt === null ? newest() : null)}
          >
            {pausedAt === null ? <IconPlayerPause size={14} /> : <IconPlayerPlay size={14} />}
          </ActionIcon>
        </Tooltip>
      }
      rows={shown}
      row={(entry) => (
        <Row key={entry.serial} entry={entry} title={own(nodes, entry.node)?.title ?? entry.node} />
      )}
      empty={t(entries.length > 0 && text !== "" ? "panels.noMatch" : "panels.noDebug")}
    />
  );
}

const Row = memo(function Row({
  entry,
  title,
}: {
  readonly entry: Numbered<DebugEvent>;
  readonly title: string;
}) {
  const { t } = useTranslation();
  const { document } = useEditor();
  return (
    <div className={classes.row} data-testid="debug-row">
      <time className={classes.time}>{formatTime(entry.time)}</time>
      <UnstyledButton
        className={classes.node}
        aria-label={t("panels.goTo", { node: title })}
        title={t("panels.goTo", { node: title })}
        onClick={() => document.reveal({ node: entry.node })}
      >
        {title}
      </UnstyledButton>
      <span className={classes.label} title={entry.message?.topic}>
        {entry.label}
      </span>
      <div className={classes.content}>
        <TreeView value={entry.value} root={entry.label.startsWith("payload") ? entry.label : "payload"} />
      </div>
      {entry.cut && <span className={classes.cut}>{t("panels.cut")}</span>}
    </div>
  );
});
