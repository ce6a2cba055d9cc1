// The engines' log, live.
import { ActionIcon, Select, TextInput, Tooltip } from "@mantine/core";
import { IconSearch, IconTrash } from "@tabler/icons-react";
import { memo, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LogLineEvent } from "../../engine/admin/api.ts";
import { useEditor, useLive } from "../editor.ts";
import { useRoom } from "../live/room.ts";
import type { Numbered } from "../live/store.ts";
import { formatTime } from "./numbers.ts";
import classes from "./panels.module.css";
import { TreeView } from "./TreeView.tsx";
import { LEVELS, type Level, logTail } from "./tail.ts";
import { useStick } from "./use-stick.ts";

export function LogPanel() {
  const { t } = useTranslation();
  const { live } = useEditor();
  useRoom("log");
  // Under a flood the rest of the page comes first.
  const lines = useDeferredValue(useLive((state) => state.log));
  const leftOut = useLive((state) => state.leftOut.log ?? 0);
  const [level, setLevel] = useState<Level>("info");
  const [text, setText] = useState("");
  const [clearedTo, setClearedTo] = useState(0);
  const shown = useMemo(() => logTail(lines, { level, text, clearedTo }), [lines, level, text, clearedTo]);
  const stick = useStick(shown.at(-1)?.serial);
  return (
    <div className={classes.column} data-testid="log-panel">
      <div className={classes.tools}>
        <TextInput
          size="xs"
          w={200}
          aria-label={t("panels.filterLog")}
          placeholder={t("panels.filter")}
          leftSection={<IconSearch size={13} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Select
          size="xs"
          w={130}
          aria-label={t("panels.level")}
          data={LEVELS.map((value) => ({ value, label: t(`panels.levels.${value}`) }))}
          value={level}
          allowDeselect={false}
          onChange={(value) => setLevel((value as Level | null) ?? "info")}
        />
        <span className={classes.notes} role="status">
          {leftOut > 0 && t("panels.leftOut", { count: leftOut })}
        </span>
        <Tooltip label={t("panels.clear")}>
          <ActionIcon
            size="sm"
            aria-label={t("panels.clear")}
            onClick={() => setClearedTo(live.getState().log.at(-1)?.serial ?? 0)}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </Tooltip>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={classes.scroll} role="log" aria-label={t("panels.log")} tabIndex={0} {...stick}>
        {shown.map((line) => (
          <Row key={line.serial} line={line} />
        ))}
        {shown.length === 0 && (
          <p className={classes.empty}>{t(lines.length > 0 ? "panels.noMatch" : "panels.noLog")}</p>
        )}
      </div>
    </div>
  );
}

const Row = memo(function Row({ line }: { readonly line: Numbered<LogLineEvent> }) {
  const fields = Object.keys(line.fields).length > 0;
  return (
    <div className={classes.row} data-testid="log-row">
      <time className={classes.time}>{formatTime(line.time)}</time>
      <span className={classes.level} data-level={line.level}>
        {line.level}
      </span>
      <span className={classes.logText}>{line.text}</span>
      <div className={classes.content}>{fields && <TreeView value={line.fields} root="fields" />}</div>
    </div>
  );
});
