// Below the canvas: what the flow says while it runs, what is wrong with it, its topics, the engine's log.
import { ActionIcon, Tabs } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useEditor, useShell } from "../editor.ts";
import type { BottomTab } from "../shell/store.ts";
import { DebugPanel } from "./DebugPanel.tsx";
import { LogPanel } from "./LogPanel.tsx";
import { ProblemsPanel } from "./ProblemsPanel.tsx";
import classes from "./panels.module.css";
import { TopicsPanel } from "./TopicsPanel.tsx";
import { useProblems } from "./use-problems.ts";

export function BottomPanel() {
  const { t } = useTranslation();
  const { shell } = useEditor();
  const tab = useShell((state) => state.bottomTab);
  return (
    <Tabs
      className={classes.panel ?? ""}
      value={tab}
      onChange={(next) => next !== null && shell.setState({ bottomTab: next as BottomTab })}
      keepMounted={false}
      data-testid="bottom-panel"
    >
      <div className={classes.head}>
        <Tabs.List className={classes.tabs ?? ""} aria-label={t("panels.label")}>
          <Tabs.Tab value="debug">{t("panels.debug")}</Tabs.Tab>
          <Tabs.Tab value="problems">
            {t("panels.problems")}
            <ProblemCount />
          </Tabs.Tab>
          <Tabs.Tab value="topics">{t("panels.topics")}</Tabs.Tab>
          <Tabs.Tab value="log">{t("panels.log")}</Tabs.Tab>
        </Tabs.List>
        <ActionIcon
          size="sm"
          mr={6}
          my="auto"
          aria-label={t("panels.close")}
          onClick={() => shell.setState({ bottomOpen: false })}
        >
          <IconX size={14} />
        </ActionIcon>
      </div>
      <Tabs.Panel value="debug" className={classes.body ?? ""}>
        <DebugPanel />
      </Tabs.Panel>
      <Tabs.Panel value="problems" className={classes.body ?? ""}>
        <ProblemsPanel />
      </Tabs.Panel>
      <Tabs.Panel value="topics" className={classes.body ?? ""}>
        <TopicsPanel />
      </Tabs.Panel>
      <Tabs.Panel value="log" className={classes.body ?? ""}>
        <LogPanel />
      </Tabs.Panel>
    </Tabs>
  );
}

function ProblemCount() {
  const problems = useProblems();
  const worst = useMemo(
    () => (problems.some((problem) => problem.severity === "error") ? "error" : "warning"),
    [problems],
  );
  if (problems.length === 0) return null;
  return (
    <span className={classes.count} data-level={worst}>
      {problems.length}
    </span>
  );
}
