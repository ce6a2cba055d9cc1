// Code with what is around it: the file's name, format and full-screen, and the first problems below.
import { ActionIcon, Modal, Tooltip } from "@mantine/core";
import { IconArrowsMaximize, IconWand } from "@tabler/icons-react";
import type { editor } from "monaco-editor/editor/editor.api.js";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { CodeEditor, type CodeEditorProps } from "./CodeEditor.tsx";
import classes from "./code.module.css";
import { summary } from "./script-check.ts";
import type { PlacedProblem } from "./script-service.ts";

export interface CodeBoxProps extends Omit<CodeEditorProps, "small" | "autoFocus" | "onReady"> {
  /** Where the code lives. */
  readonly title: string;
  readonly warning?: string;
  readonly actions?: ReactNode;
}

/** How many problems are written below the code; all of them are in the problems panel. */
const SHOWN = 3;

export function CodeBox({ title, warning, actions, ...code }: CodeBoxProps) {
  const { t } = useTranslation();
  const [full, setFull] = useState(false);
  const [problems, setProblems] = useState<readonly PlacedProblem[]>([]);
  const view = useRef<editor.IStandaloneCodeEditor | null>(null);
  const format = () => void view.current?.getAction("editor.action.formatDocument")?.run();
  const editorProps: CodeEditorProps = {
    ...code,
    onProblems: (found) => {
      setProblems(found);
      code.onProblems?.(found);
    },
    onReady: (ready) => {
      view.current = ready;
    },
  };
  const buttons = (
    <>
      {actions}
      {code.language === "typescript" && (
        <Tooltip label={t("code.format")}>
          <ActionIcon size="xs" aria-label={t("code.format")} onClick={format}>
            <IconWand size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </>
  );
  return (
    <div>
      <div className={classes.bar}>
        <span className={classes.file} title={title}>
          {title}
        </span>
        {!full && buttons}
        <Tooltip label={t("code.fullScreen")}>
          <ActionIcon size="xs" aria-label={t("code.fullScreen")} onClick={() => setFull(true)}>
            <IconArrowsMaximize size={14} />
          </ActionIcon>
        </Tooltip>
      </div>
      {full ? (
        <div className={classes.elsewhere}>{t("code.elsewhere")}</div>
      ) : (
        <CodeEditor {...editorProps} small />
      )}
      {warning !== undefined && <p className={classes.problems}>{warning}</p>}
      <ProblemList problems={problems} />
      <Modal
        opened={full}
        onClose={() => setFull(false)}
        fullScreen
        radius={0}
        transitionProps={{ duration: 0 }}
        closeOnEscape={false}
        onKeyDown={(event) => {
          // Monaco keeps the Escape that closes its suggestions.
          if (event.key === "Escape" && !event.defaultPrevented) setFull(false);
        }}
        title={
          <span className={classes.fullTitle}>
            <strong>{code.label}</strong>
            <span className={classes.file}>{title}</span>
            {buttons}
          </span>
        }
        classNames={{ header: classes.modalHeader ?? "", body: classes.modalBody ?? "" }}
      >
        {full && <CodeEditor {...editorProps} autoFocus />}
        <ProblemList problems={problems} />
      </Modal>
    </div>
  );
}

function ProblemList({ problems }: { readonly problems: readonly PlacedProblem[] }) {
  const { t } = useTranslation();
  if (problems.length === 0) return null;
  return (
    <ul className={classes.problems}>
      {problems.slice(0, SHOWN).map((problem) => (
        <li key={`${problem.start} ${problem.code} ${problem.message}`}>
          {t("code.problem", { line: problem.line, message: summary(problem.message) })}
        </li>
      ))}
      {problems.length > SHOWN && <li>{t("code.more", { count: problems.length - SHOWN })}</li>}
    </ul>
  );
}
