// Topics: fields that fit together, schemas that are schemas, and topics that nobody uses.

import type { Problem } from "../base/errors/error.ts";
import {
  flowBackoffOrder,
  flowDeadLetter,
  flowFileMissing,
  flowFileOutside,
  flowNothingToCheck,
  flowPartitionKey,
  flowSchemaTwice,
  flowStreamOnly,
  flowTopicUnused,
} from "../base/errors/flow.ts";
import { deadLetterOf } from "./dead-letters.ts";
import type { RetryDocument } from "./document.ts";
import type { Inspection } from "./inspection.ts";
import type { OutlineTopic } from "./outline.ts";
import { pointer } from "./pointer.ts";
import { fileKey, splitProto } from "./references.ts";
import { parseBackoff } from "./retry.ts";
import { schemaFaults } from "./schema-faults.ts";

const STREAM_ONLY = ["durability", "partitions", "key", "retention", "retry", "deadLetter"];

export function checkTopics(inspection: Inspection): void {
  for (const topic of inspection.outline.topics.values()) {
    if (inspection.full) return;
    if (topic.delivery === "stream") checkStream(topic, inspection);
    else if (topic.deliveryKnown) checkNoStream(topic, inspection);
    checkPayload(topic, inspection);
  }
}

/** Needs the configs to have been looked at, which may name topics too. */
export function checkUnusedTopics(inspection: Inspection): void {
  const { outline, wires, mentioned } = inspection;
  const used = new Set([...wires.keys(), ...mentioned]);
  for (const node of outline.nodes.values()) {
    if (node.disabled) for (const wire of [...node.inputs, ...node.outputs]) used.add(wire.topic);
  }
  for (const topic of outline.topics.values()) {
    if (topic.delivery === "stream" && used.has(topic.name))
      used.add(deadLetterOf(topic.name, topic.deadLetter));
  }
  for (const topic of outline.topics.keys()) {
    if (used.has(topic)) continue;
    inspection.add(flowTopicUnused.problem({ topic }, { path: pointer("topics", topic) }));
  }
}

/** A backoff whose end is before its beginning; other forms are the schema's to refuse. */
export function backoffProblem(
  retry: RetryDocument | undefined,
  steps: readonly string[],
  node?: string,
): Problem[] {
  const { backoff } = retry ?? {};
  const delays = backoff === undefined ? undefined : parseBackoff(backoff);
  if (backoff === undefined || !delays || delays.minDelayMs <= delays.maxDelayMs) return [];
  const path = pointer(...steps, "retry", "backoff");
  return [flowBackoffOrder.problem({ backoff }, { path, ...(node !== undefined && { node }) })];
}

function checkNoStream({ name, fields, delivery }: OutlineTopic, inspection: Inspection): void {
  for (const field of fields) {
    if (!STREAM_ONLY.includes(field)) continue;
    inspection.add(
      flowStreamOnly.problem({ field, topic: name, delivery }, { path: pointer("topics", name, field) }),
    );
  }
}

function checkStream(topic: OutlineTopic, inspection: Inspection): void {
  const { name, partitions } = topic;
  inspection.addAll(backoffProblem(topic.retry, ["topics", name]));
  if (partitions > 1 && topic.key === undefined) {
    const path = pointer("topics", name, "partitions");
    inspection.add(flowPartitionKey.problem({ topic: name, partitions }, { path }));
  }
  const deadLetter = deadLetterOf(name, topic.deadLetter);
  const declared = inspection.outline.topics.get(deadLetter);
  if (deadLetter === name || (declared?.deliveryKnown && declared.delivery !== "stream")) {
    const place = topic.deadLetter === undefined ? [] : ["deadLetter"];
    const path = pointer("topics", name, ...place);
    inspection.add(flowDeadLetter.problem({ topic: name, deadLetter }, { path }));
  }
}

function checkPayload(topic: OutlineTopic, inspection: Inspection): void {
  const { name, schema, proto } = topic;
  const at = (field: string) => ({ path: pointer("topics", name, field) });
  if (schema !== undefined)
    inspection.addAll(schemaFaults(schema, `The schema of topic "${name}"`, ["topics", name, "schema"]));
  if (schema !== undefined && proto !== undefined)
    inspection.add(flowSchemaTwice.problem({ topic: name }, at("proto")));
  if (topic.validate && schema === undefined && proto === undefined) {
    inspection.add(flowNothingToCheck.problem({ topic: name }, at("validate")));
  }
  const named = proto === undefined ? undefined : splitProto(proto);
  if (!named) return;
  const key = fileKey(named.file);
  const { files } = inspection.bundle;
  const there =
    key !== undefined &&
    (Object.hasOwn(files, key) || Object.hasOwn(inspection.options.protoTexts ?? {}, key));
  if (key === undefined) inspection.add(flowFileOutside.problem({ file: named.file }, at("proto")));
  else if (!there) inspection.add(flowFileMissing.problem({ file: named.file }, at("proto")));
}
