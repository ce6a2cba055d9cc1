// The right side: the settings of what is selected on the canvas.
import { Button, Group } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { setNode } from "../document/commands.ts";
import { inspected } from "../document/inspected.ts";
import { useDocument, useEditor } from "../editor.ts";
import { FlowInspector } from "./FlowInspector.tsx";
import classes from "./inspector.module.css";
import { NodeInspector } from "./NodeInspector.tsx";
import { TopicInspector } from "./TopicInspector.tsx";

export function Inspector() {
  const { t } = useTranslation();
  const open = useDocument((document) => document.name !== "");
  const selection = useDocument((document) => document.selection);
  const shown = useMemo(() => inspected(selection), [selection]);
  return (
    <aside className={classes.inspector} aria-label={t("inspector.label")} data-testid="inspector">
      {!open ? <p className={classes.head}>{t("inspector.nothing")}</p> : <Shown shown={shown} />}
    </aside>
  );
}

function Shown({ shown }: { readonly shown: ReturnType<typeof inspected> }) {
  switch (shown.kind) {
    case "node":
      return <NodeInspector key={shown.id} id={shown.id} />;
    case "topic":
      return <TopicInspector key={shown.name} name={shown.name} />;
    case "several":
      return <Several nodes={shown.nodes} topics={shown.topics} />;
    case "flow":
      return <FlowInspector />;
  }
}

function Several({
  nodes,
  topics,
}: {
  readonly nodes: readonly string[];
  readonly topics: readonly string[];
}) {
  const { t } = useTranslation();
  const { document } = useEditor();
  const setDisabled = (disabled: boolean) =>
    document.dispatch({
      label: t(disabled ? "inspector.disableAll" : "inspector.enableAll"),
      apply: (draft) =>
        nodes.reduce((next, id) => setNode(id, { disabled: disabled || undefined }).apply(next), draft),
    });
  return (
    <div className={classes.head}>
      <p style={{ margin: "0 0 4px", fontWeight: 600 }}>
        {t("inspector.several", { nodes: nodes.length, topics: topics.length })}
      </p>
      <p className={classes.hint}>{t("inspector.severalHint")}</p>
      {nodes.length > 0 && (
        <Group gap={6} mt={8}>
          <Button size="compact-xs" variant="default" onClick={() => setDisabled(false)}>
            {t("inspector.enableAll")}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => setDisabled(true)}>
            {t("inspector.disableAll")}
          </Button>
        </Group>
      )}
    </div>
  );
}
