// What is wrong with the flow, as a list that leads to each place.
import { UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Problem } from "../../engine/admin/api.ts";
import { own } from "../document/draft.ts";
import { problemPlace } from "../document/problems.ts";
import { useDocument, useEditor } from "../editor.ts";
import classes from "./panels.module.css";
import { useProblems } from "./use-problems.ts";

export function ProblemsPanel() {
  const { t } = useTranslation();
  const problems = useProblems();
  if (problems.length === 0) return <p className={classes.empty}>{t("panels.noProblems")}</p>;
  return (
    <ul className={classes.list} data-testid="problems-panel">
      {problems.map((problem) => (
        <li key={`${problem.path} ${problem.code} ${problem.line} ${problem.column} ${problem.message}`}>
          <Row problem={problem} />
        </li>
      ))}
    </ul>
  );
}

function Row({ problem }: { readonly problem: Problem }) {
  const { t } = useTranslation();
  const { document, shell } = useEditor();
  const nodes = useDocument((state) => state.draft.flow.nodes);
  const place = problemPlace(problem);
  const error = problem.severity === "error";
  const Icon = error ? IconCircleX : IconAlertTriangle;
  const where =
    problem.line === undefined
      ? problem.path
      : t("panels.place", {
          file: problem.file ?? problem.path,
          line: problem.line,
          column: problem.column ?? 1,
        });
  return (
    <UnstyledButton
      className={classes.problem}
      data-testid="problem-row"
      onClick={() => {
        shell.setState({ inspectorOpen: true });
        document.reveal(place);
      }}
    >
      <Icon
        size={15}
        className={classes.severity}
        data-level={problem.severity}
        aria-label={t(error ? "panels.errors" : "panels.warnings", { count: 1 })}
      />
      <span className={classes.problemText}>{problem.message}</span>
      <span className={classes.where}>
        {place.node !== undefined ? (own(nodes, place.node)?.title ?? place.node) : (place.topic ?? "")}
      </span>
      <span className={classes.path}>{where}</span>
    </UnstyledButton>
  );
}
