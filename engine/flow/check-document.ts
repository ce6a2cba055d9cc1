// The flow against flow.schema.json, in sentences.
import type { Problem } from "../base/errors/error.ts";
import { flowSubflowLater } from "../base/errors/flow.ts";
import { compilePlain } from "./compilers.ts";
import schema from "./flow.schema.json" with { type: "json" };
import { isFields } from "./outline.ts";
import { speak } from "./sentences.ts";
import type { Suggest } from "./suggest.ts";

/** What is wrong with the form of the document. It must be of bounded depth. */
export function checkDocument(flow: unknown, suggest: Suggest): Problem[] {
  const errors = compilePlain(schema).check(flow);
  const problems = speak(errors, { base: "", suggest }).filter((problem) => problem.path !== "/interface");
  if (isFields(flow) && Object.hasOwn(flow, "interface")) {
    problems.unshift(flowSubflowLater.problem({}, { path: "/interface" }));
  }
  return problems;
}
