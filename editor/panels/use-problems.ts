// All problems of the open flow: what the engine said of it, and what the scripts that were opened have.
import { useMemo } from "react";
import { useStore } from "zustand";
import type { Problem } from "../../engine/admin/api.ts";
import { own } from "../document/draft.ts";
import { useDocument, useEditor } from "../editor.ts";
import { scriptReports } from "../script/script-report.ts";

/** Errors first, otherwise as they were told. */
export function useProblems(): readonly Problem[] {
  const editor = useEditor();
  const name = useDocument((document) => document.name);
  const told = useDocument((document) => document.problems);
  const nodes = useDocument((document) => document.draft.flow.nodes);
  const scripts = useStore(scriptReports(editor), (state) => own(state.flows, name));
  return useMemo(() => {
    const written = Object.values(scripts ?? {})
      .flat()
      .filter((problem) => problem.node === undefined || own(nodes, problem.node) !== undefined);
    const all = [...told, ...written];
    return [...all.filter(isError), ...all.filter((problem) => !isError(problem))];
  }, [told, scripts, nodes]);
}

const isError = (problem: Problem): boolean => problem.severity === "error";
