// Types along the wires: what an output gives against what its topic promises, and what the readers take.
import { flowPortMismatch } from "../base/errors/flow.ts";
import { findMismatch, type Mismatch } from "./compatible.ts";
import type { JsonSchema } from "./document.ts";
import type { Inspection, WireEnd } from "./inspection.ts";
import { isFields } from "./outline.ts";
import { pointer } from "./pointer.ts";
import { capital } from "./wording.ts";

/** Comparisons in one flow; a flow that needs more is checked in part. */
const BUDGET = 200_000;
/** Different schemas looked at on each side of one topic. */
const MOST_GROUPS = 100;

/** The ends of one topic that have the same schema. */
interface EndGroup {
  readonly schema: JsonSchema;
  readonly ends: WireEnd[];
}

export function checkPortTypes(inspection: Inspection): void {
  const compare = boundedComparison();
  for (const [name, { emitters, readers }] of inspection.wires) {
    if (inspection.full) return;
    const promised = inspection.outline.topics.get(name)?.schema;
    const givers = grouped(emitters, (end) => inspection.shape(end.node.type)?.outputs.get(end.port));
    const takers = grouped(readers, (end) => inspection.shape(end.node.type)?.inputs.get(end.port));
    const topic = `topic "${name}"`;
    const honest = givers.filter(({ schema, ends }) => {
      const mismatch = promised === undefined ? undefined : compare(schema, promised);
      if (mismatch) for (const end of ends) tell(inspection, end, "outputs", mismatch, nameOf(end), topic);
      return !mismatch;
    });
    for (const { schema, ends } of takers) {
      const refused = promised === undefined ? undefined : compare(promised, schema);
      if (refused) for (const end of ends) tell(inspection, end, "inputs", refused, topic, nameOf(end));
      if (refused) continue;
      for (const giver of honest) {
        const [emitter] = giver.ends;
        const mismatch = compare(giver.schema, schema);
        if (!mismatch || !emitter) continue;
        for (const end of ends) tell(inspection, end, "inputs", mismatch, nameOf(emitter), nameOf(end));
      }
    }
  }
}

function tell(
  inspection: Inspection,
  end: WireEnd,
  side: "inputs" | "outputs",
  mismatch: Mismatch,
  giver: string,
  taker: string,
): void {
  const path = pointer("nodes", end.node.id, side, end.port, end.index);
  const reason = mismatchSentence(mismatch, giver, taker);
  inspection.add(flowPortMismatch.problem({ reason }, { path, node: end.node.id }));
}

/** `giver` and `taker` as they stand in the sentence: `"convert"`, or `topic "readings"`. */
export function mismatchSentence(mismatch: Mismatch, giver: string, taker: string): string {
  if (mismatch.kind === "missing")
    return `"${mismatch.field}" is required by ${taker}, not given by ${giver}.`;
  const what = mismatch.field === "" ? "" : ` as "${mismatch.field}"`;
  return `${capital(giver)} gives ${mismatch.gives}${what}, ${taker} needs ${mismatch.needs}.`;
}

function nameOf(end: WireEnd): string {
  return `"${end.node.id}"`;
}

function grouped(ends: readonly WireEnd[], schemaOf: (end: WireEnd) => JsonSchema | undefined): EndGroup[] {
  const groups = new Map<JsonSchema, EndGroup>();
  for (const end of ends) {
    const schema = schemaOf(end);
    if (!isFields(schema)) continue;
    const group = groups.get(schema);
    if (group) group.ends.push(end);
    else groups.set(schema, { schema, ends: [end] });
  }
  return [...groups.values()].slice(0, MOST_GROUPS);
}

/** Each pair is compared once, and only so many of them. */
function boundedComparison(): (from: JsonSchema, to: JsonSchema) => Mismatch | undefined {
  const known = new Map<JsonSchema, Map<JsonSchema, Mismatch | undefined>>();
  const budget = { left: BUDGET };
  return (from, to) => {
    const inner = known.get(from) ?? new Map<JsonSchema, Mismatch | undefined>();
    known.set(from, inner);
    if (!inner.has(to)) inner.set(to, findMismatch(from, to, budget));
    return inner.get(to);
  };
}
