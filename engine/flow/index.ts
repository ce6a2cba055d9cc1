// Flow files: read and written, checked, planned and compared.

export { mismatchSentence } from "./check-port-types.ts";
export { findMismatch, type Mismatch } from "./compatible.ts";
export { contentHash, contentHashes } from "./content-hash.ts";
export { diffPlans, type PlanDiff } from "./diff.ts";
export type * from "./document.ts";
export type { Scripted, ScriptedOptions } from "./flow-types.ts";
export { formatFlow, formatLayout } from "./format.ts";
export { locate, type TextPlace, withPlaces } from "./json-places.ts";
export { parseJson } from "./json-text.ts";
export { makePlan, type PlanOptions } from "./make-plan.ts";
export { isFlowName, isSharedTopic, LIMITS } from "./names.ts";
export { outputsNamedBy } from "./node-shape.ts";
export type * from "./plan.ts";
export { nearestPlace, pointer, pointerSteps, valueAt } from "./pointer.ts";
export { flowFiles, flowNameOf, isFlowFileName, layoutFileOf, type ReadFlow, readFlow } from "./read.ts";
export { fileKey, fileReferences, type Reference } from "./references.ts";
export { parseBackoff, planRetry, STREAM_RETRY } from "./retry.ts";
export { stableHash, stableText } from "./stable-hash.ts";
export { type ValidateOptions, validateFlow } from "./validate.ts";
export { writeFlow } from "./write.ts";
