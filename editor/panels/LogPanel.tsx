// The engines' log, live.
import { Select } from "@mantine/core";
import { memo, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LogLineEvent } from "../../engine/admin/api.ts";
import { useEditor, useLive } from "../editor.ts";
import { useRoom } from "../live/room.ts";
import type { Numbered } from "../live/store.ts";
import { LiveList } from "./LiveList.tsx";
import { formatTime } from "./numbers.ts";
import classes from "./panels.module.css";
import { TreeView } from "./TreeView.tsx";
import { LEVELS, type Level, logTail } from "./tail.ts";

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
  return (
    <LiveList
      name="log"
      text={text}
      onText={setText}
      onClear={() => setClearedTo(live.getState().log.at(-1)?.serial ?? 0)}
      filters={
        <Select
          size="xs"
          w={130}
          aria-label={t("panels.level")}
          data={LEVELS.map((value) => ({ value, label: t(`panels.levels.${value}`) }))}
          value={level}
          allowDeselect={false}
          onChange={(value) => setLevel((value as Level | null) ?? "info")}
        />
      }
      notes={leftOut > 0 && t("panels.leftOut", { count: leftOut })}
      rows={shown}
      row={(line) => <Row key={line.serial} line={line} />}
      empty={t(lines.length > 0 ? "panels.noMatch" : "panels.noLog")}
    />
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
