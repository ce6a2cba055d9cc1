// The flow against flow.schema.json, in sentences. Each topic, type and node is checked by itself: that is linear,
// where ajv would copy all errors so far for each of them.
import type { Problem } from "../base/errors/error.ts";
import { flowSubflowLater } from "../base/errors/flow.ts";
import { compilePlain } from "./compilers.ts";
import type { JsonSchema } from "./document.ts";
import schema from "./flow.schema.json" with { type: "json" };
import { FORBIDDEN_KEYS, LIMITS } from "./names.ts";
import { isFields } from "./outline.ts";
import { pointer } from "./pointer.ts";
import { speak } from "./sentences.ts";
import type { Suggest } from "./suggest.ts";

const { properties, definitions } = schema;

/** The flow with parts of any form. */
const SHELL: JsonSchema = {
  ...schema,
  properties: {
    ...properties,
    topics: { ...properties.topics, additionalProperties: true },
    types: { ...properties.types, additionalProperties: true },
    nodes: { ...properties.nodes, additionalProperties: true },
  },
};

const PARTS: readonly (readonly ["topics" | "types" | "nodes", JsonSchema])[] = [
  ["topics", { ...definitions.topic, definitions }],
  ["types", { ...definitions.type, definitions }],
  ["nodes", { ...definitions.node, definitions }],
];

/** What is wrong with the form of the document, which must be of bounded depth; not many more than are listed. */
export function checkDocument(flow: unknown, suggest: Suggest): Problem[] {
  const problems = speak(compilePlain(SHELL).check(flow), { base: "", suggest }).filter(
    (problem) => problem.path !== "/interface",
  );
  if (!isFields(flow)) return problems;
  if (Object.hasOwn(flow, "interface"))
    problems.unshift(flowSubflowLater.problem({}, { path: "/interface" }));
  for (const [area, part] of PARTS) {
    const entries = isFields(flow[area]) ? Object.entries(flow[area]) : [];
    for (const [name, entry] of entries) {
      if (problems.length > LIMITS.problems) return problems;
      if (FORBIDDEN_KEYS.has(name)) continue;
      const errors = compilePlain(part).check(entry);
      if (errors.length > 0)
        problems.push(...speak(errors, { base: pointer(area, name), suggest }).slice(0, LIMITS.problems));
    }
  }
  return problems;
}
