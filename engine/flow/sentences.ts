// What ajv found, as problems in plain sentences: which field of what is wrong, and what to write instead.
import type { ErrorObject } from "ajv";
import type { Problem } from "../base/errors/error.ts";
import {
  flowForbiddenName,
  flowMissingField,
  flowUnknownField,
  flowWrongValue,
} from "../base/errors/flow.ts";
import { withoutBranches } from "./branches.ts";
import { FORBIDDEN_KEYS } from "./names.ts";
import { needOf, wordsOf } from "./needs.ts";
import { isFields } from "./outline.ts";
import { pointer, pointerSteps } from "./pointer.ts";
import type { Suggest } from "./suggest.ts";
import { ownerOf, shown, whatOf } from "./wording.ts";

/** Errors of one value that are looked at. */
const MOST = 10_000;

export interface Speech {
  /** Where the checked value stands in the flow: `""` for the flow, or `/nodes/x/config`. */
  readonly base: string;
  readonly node?: string;
  readonly suggest: Suggest;
}

/** One problem for each thing that is wrong. Needs ajv's `verbose` and `allErrors`. */
export function speak(errors: readonly ErrorObject[], speech: Speech): Problem[] {
  const found = new Map<string, Problem>();
  for (const error of withoutBranches(errors.slice(0, MOST))) {
    const problem = problemOf(error, speech);
    if (problem) found.set(`${problem.path}\n${problem.message}`, problem);
  }
  return [...found.values()];
}

function problemOf(error: ErrorObject, speech: Speech): Problem | undefined {
  const steps = [...pointerSteps(speech.base), ...pointerSteps(error.instancePath)];
  const owner = ownerOf(steps);
  const node = speech.node ?? (steps[0] === "nodes" ? steps[1] : undefined);
  const at = (path: string) => ({ path, ...(node !== undefined && { node }) });
  switch (error.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const field = String(error.params.additionalProperty ?? error.params.unevaluatedProperty);
      if (FORBIDDEN_KEYS.has(field)) return undefined;
      const suggestion = speech.suggest(field, fieldsOf(error.parentSchema));
      return flowUnknownField.problem({ owner, field, suggestion }, at(pointer(...steps, field)));
    }
    case "required": {
      const field = String(error.params.missingProperty);
      return flowMissingField.problem({ owner, field }, at(pointer(...steps)));
    }
    case "propertyNames":
      // What is wrong with the name was told just before.
      return undefined;
    case "not":
      if (!FORBIDDEN_KEYS.has(String(error.data))) break;
      // As a key it was told before the document was looked at in detail.
      if (error.propertyName !== undefined) return undefined;
      return flowForbiddenName.problem({ name: String(error.data) }, at(pointer(...steps)));
  }
  if (error.propertyName !== undefined) {
    const parts = { what: `A name in ${owner}`, value: shown(error.data), need: needOf(error, undefined) };
    return flowWrongValue.problem(parts, at(pointer(...steps, error.propertyName)));
  }
  const suggestion = suggestionFor(error, speech.suggest);
  const parts = {
    what: whatOf(steps),
    value: shown(error.data),
    need: needOf(error, suggestion),
    suggestion,
  };
  return flowWrongValue.problem(parts, at(pointer(...steps)));
}

function fieldsOf(schema: unknown): string[] {
  return isFields(schema) && isFields(schema.properties) ? Object.keys(schema.properties) : [];
}

function suggestionFor(error: ErrorObject, suggest: Suggest): string | undefined {
  const allowed = wordsOf(error);
  return typeof error.data === "string" && allowed ? suggest(error.data, allowed) : undefined;
}
