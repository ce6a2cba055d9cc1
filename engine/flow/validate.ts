// All that is wrong with a flow, at once, each with its place. Pure, never throws for JSON, linear in the flow's size.
import type { Problem } from "../base/errors/error.ts";
import { flowLimit, flowName } from "../base/errors/flow.ts";
import { checkCycles } from "./check-cycles.ts";
import { checkDocument } from "./check-document.ts";
import { checkFeeding } from "./check-feeding.ts";
import { checkNodes } from "./check-nodes.ts";
import { checkPortTypes } from "./check-port-types.ts";
import { checkTopics, checkUnusedTopics } from "./check-topics.ts";
import { checkTypes } from "./check-types.ts";
import type { FlowBundle } from "./document.ts";
import { Inspection, type ValidateOptions } from "./inspection.ts";
import { measure } from "./measure.ts";
import { isFlowName, LIMITS } from "./names.ts";

export type { ValidateOptions } from "./inspection.ts";

/** Errors refuse a deploy (`flow/unknown-type` only as the deployer decides), warnings tell. */
export function validateFlow(bundle: FlowBundle, options: ValidateOptions): Problem[] {
  const { deep, problems } = measure(bundle.flow);
  const found = options.found ?? [];
  if (deep) return [...found, ...problems];
  const inspection = new Inspection(bundle, options);
  inspection.addAll(found);
  inspection.addAll(problems);
  if (!isFlowName(options.name)) inspection.add(flowName.problem({ name: options.name }, { path: "" }));
  const limits = limitProblems(inspection);
  if (limits.length > 0) {
    inspection.addAll(limits);
    return inspection.problems();
  }
  inspection.addAll(checkDocument(bundle.flow, inspection.suggest));
  checkTopics(inspection);
  checkTypes(inspection);
  checkNodes(inspection);
  checkUnusedTopics(inspection);
  checkPortTypes(inspection);
  checkCycles(inspection);
  checkFeeding(inspection);
  return withoutRepeats(inspection.problems(), found);
}

/** A file that could not be read is not also told to be missing. */
function withoutRepeats(problems: readonly Problem[], found: readonly Problem[]): Problem[] {
  const told = new Set(found.filter((problem) => problem.path !== "").map((problem) => problem.path));
  return problems.filter(
    (problem) => found.includes(problem) || !(problem.code === "flow/file-missing" && told.has(problem.path)),
  );
}

function limitProblems({ outline }: Inspection): Problem[] {
  return (["nodes", "topics", "types"] as const).flatMap((what) =>
    outline[what].size > LIMITS[what]
      ? [flowLimit.problem({ what, limit: LIMITS[what] }, { path: `/${what}` })]
      : [],
  );
}
