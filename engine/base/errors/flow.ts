// What can be wrong with a flow: its files, its fields, its wires. Mostly problems of a document, seldom thrown.
import { defineError, didYouMean } from "./error.ts";

// ---- files ----

export const flowNotFound = defineError<{ file: string }>({
  code: "flow/not-found",
  status: 404,
  explain: "A flow file or folder that was named does not exist.",
  message: ({ file }) => `There is no flow at "${file}". Check the path.`,
});

export const flowUnreadable = defineError<{ file: string; reason: string }>({
  code: "flow/unreadable",
  explain: "A file of the flow exists but cannot be read: its rights, its size, or it is no UTF-8 text.",
  message: ({ file, reason }) => `"${file}" cannot be read: ${reason}.`,
});

export const flowTooBig = defineError<{ file: string; megabytes: number }>({
  code: "flow/too-big",
  status: 413,
  explain: "A flow file may be 10 MB. Put large data beside the flow and name it by $file.",
  message: ({ file, megabytes }) =>
    `"${file}" is larger than ${megabytes} MB. Split the flow, or move large data into files of their own.`,
});

export const flowTooDeep = defineError<{ depth: number }>({
  code: "flow/too-deep",
  explain: "Objects and lists in a flow may be nested 100 deep.",
  message: ({ depth }) => `Objects and lists are nested more than ${depth} deep here. Flatten them.`,
});

export const flowNotJson = defineError<{ reason: string }>({
  code: "flow/json",
  explain: "The flow file is no JSON. Comments and trailing commas are not JSON either.",
  message: ({ reason }) => reason,
});

export const flowDuplicateKey = defineError<{ key: string; owner: string }>({
  code: "flow/duplicate-key",
  explain: "A name stands twice in one object: JSON would silently keep only the last one.",
  message: ({ key, owner }) =>
    `"${key}" stands twice in ${owner}; the first would be lost. Rename or remove one.`,
});

export const flowFileOutside = defineError<{ file: string }>({
  code: "flow/file-outside",
  status: 400,
  explain: "Files of a flow lie in the flow's folder; hidden files and node_modules cannot be named.",
  message: ({ file }) =>
    `"${file}" is not a file inside the flow's folder. Name one beside the flow, for example "main.convert.ts".`,
});

export const flowFileMissing = defineError<{ file: string }>({
  code: "flow/file-missing",
  explain: "The flow names a file by $file or proto that is not there, or was not sent along.",
  message: ({ file }) =>
    `File "${file}" is missing. Create it beside the flow, or send its text under "files".`,
});

export const flowFileTaken = defineError<{ file: string; flow: string }>({
  code: "flow/file-taken",
  status: 409,
  explain: "Writing a flow never overwrites files that belong to something else.",
  message: ({ file, flow }) =>
    `"${file}" belongs to something else and is not overwritten. Name the file "${flow}.…" instead.`,
});

export const flowLayoutBroken = defineError<{ file: string; reason: string }>({
  code: "flow/layout",
  severity: "warning",
  explain: "The layout file beside a flow is unusable. The flow runs; the editor arranges it anew.",
  message: ({ file, reason }) => `The layout "${file}" is ignored: ${reason}`,
});

// ---- fields ----

export const flowName = defineError<{ name: string }>({
  code: "flow/name",
  status: 400,
  explain: "A flow is named by its file: letters, digits, dots, dashes and underscores, at most 100.",
  message: ({ name }) =>
    `"${name}" cannot name a flow. Use letters, digits, ".", "-" and "_", at most 100, beginning with a letter or digit.`,
});

export const flowForbiddenName = defineError<{ name: string }>({
  code: "flow/forbidden-name",
  explain: "__proto__, constructor and prototype mean something else to JavaScript and are refused as names.",
  message: ({ name }) => `"${name}" cannot be used as a name. Choose another one.`,
});

export const flowUnknownField = defineError<{
  owner: string;
  field: string;
  suggestion?: string | undefined;
}>({
  code: "flow/unknown-field",
  explain: "A field that does not exist here, mostly a misspelt one.",
  message: ({ owner, field, suggestion }) =>
    `There is no field "${field}" in ${owner}.${didYouMean(suggestion) || " Remove it."}`,
});

export const flowMissingField = defineError<{ owner: string; field: string }>({
  code: "flow/missing-field",
  explain: "A field that must be given is not.",
  message: ({ owner, field }) => `"${field}" is missing in ${owner}. Add it.`,
});

export const flowWrongValue = defineError<{
  what: string;
  value: string;
  need: string;
  suggestion?: string | undefined;
}>({
  code: "flow/wrong-value",
  explain: "A field has a value of the wrong type, form or size.",
  message: ({ what, value, need, suggestion }) =>
    `${what} is ${value}.${need === "" ? "" : ` ${need}`}${didYouMean(suggestion)}`,
});

export const flowSubflowLater = defineError<Record<never, never>>({
  code: "flow/subflow",
  explain: "Flows used as node types of other flows are not supported by this version.",
  message: () =>
    'Flows as node types ("interface", or a "type" that is a file) are not supported yet. Connect the flows by a shared topic, one whose name begins with "/".',
});

export const flowLimit = defineError<{ what: string; limit: number }>({
  code: "flow/limit",
  explain: "A flow has bounds: 20,000 nodes, 20,000 topics, 500 types, 100 packages.",
  message: ({ what, limit }) => `A flow may have ${limit} ${what}. Split this one.`,
});

export const flowMoreProblems = defineError<{ listed: number }>({
  code: "flow/more-problems",
  explain: "Only the first 1,000 problems are listed; the rest of the flow was not looked at.",
  message: ({ listed }) => `There are more problems than these ${listed}. Correct these first.`,
});

export const flowBadSchema = defineError<{ what: string; reason: string }>({
  code: "flow/bad-schema",
  explain: "A schema in the flow is no valid JSON Schema.",
  message: ({ what, reason }) => `${what} is no valid JSON Schema: ${reason}. Correct the schema.`,
});

export const flowSlowPattern = defineError<{ pattern: string }>({
  code: "flow/slow-pattern",
  severity: "warning",
  explain: "A pattern with repeats inside repeats can take for ever on some texts, so it is not checked.",
  message: ({ pattern }) =>
    `The pattern "${pattern}" can take for ever on some texts and is not checked. Write it without repeats inside repeats.`,
});

export const flowEnvMissing = defineError<{ name: string }>({
  code: "flow/env-missing",
  explain: "A config names an environment variable that is not set on this engine.",
  message: ({ name }) =>
    `The environment variable "${name}" is not set. Set it where the engine starts, or write $\${${name}} to mean the text itself.`,
});

// ---- topics ----

export const flowUnknownTopic = defineError<{ topic: string; suggestion?: string | undefined }>({
  code: "flow/unknown-topic",
  explain: "An input or output names a topic that is not declared under topics.",
  message: ({ topic, suggestion }) =>
    `Topic "${topic}" is not declared.${didYouMean(suggestion) || ' Add it under "topics".'}`,
});

export const flowStreamOnly = defineError<{ field: string; topic: string; delivery: string }>({
  code: "flow/stream-only",
  explain:
    "A field that only stream topics have is set on a memory or pubsub topic, where it could not be kept.",
  message: ({ field, topic, delivery }) =>
    `"${field}" is for stream topics, and "${topic}" is a ${delivery} topic. Remove it, or set the topic's delivery to "stream".`,
});

export const flowBackoffOrder = defineError<{ backoff: string }>({
  code: "flow/backoff",
  explain: "The first delay of a backoff range is longer than its last.",
  message: ({ backoff }) => `The backoff "${backoff}" ends below where it begins. Swap the two durations.`,
});

export const flowDeadLetter = defineError<{ topic: string; deadLetter: string }>({
  code: "flow/dead-letter",
  explain:
    "A dead-letter topic must be a stream topic, and another one than the topic whose messages it takes.",
  message: ({ topic, deadLetter }) =>
    `"${deadLetter}" cannot take the dead letters of "${topic}": it must be another topic, with delivery "stream".`,
});

export const flowPartitionKey = defineError<{ topic: string; partitions: number }>({
  code: "flow/partition-key",
  severity: "warning",
  explain: "A topic has several partitions but no key that says which messages belong together.",
  message: ({ topic, partitions }) =>
    `Topic "${topic}" has ${partitions} partitions but no "key". Name the field that keeps the order, for example "/id".`,
});

export const flowNothingToCheck = defineError<{ topic: string }>({
  code: "flow/nothing-to-check",
  severity: "warning",
  explain: "A topic asks for its payloads to be checked but has no schema and no proto.",
  message: ({ topic }) =>
    `Topic "${topic}" says "validate", but has no schema to check against. Add a schema.`,
});

export const flowSchemaTwice = defineError<{ topic: string }>({
  code: "flow/schema-twice",
  explain: "A topic has both a JSON Schema and a protobuf type.",
  message: ({ topic }) => `Topic "${topic}" has both "schema" and "proto". Keep one.`,
});

export const flowTopicUnused = defineError<{ topic: string }>({
  code: "flow/topic-unused",
  severity: "warning",
  explain: "A declared topic that no node of the flow uses.",
  message: ({ topic }) => `Topic "${topic}" is not used by any node. Wire it, or remove it.`,
});

// ---- nodes and wires ----

export const flowUnknownType = defineError<{ type: string; suggestion?: string | undefined }>({
  code: "flow/unknown-type",
  explain: "No loaded package defines the node's type. The node fails alone; the rest of the flow can run.",
  message: ({ type, suggestion }) =>
    `Node type "${type}" is not installed.${didYouMean(suggestion) || ' Install its package and name it under "packages".'}`,
});

export const flowTypeShadowed = defineError<{ type: string; package: string }>({
  code: "flow/type-shadowed",
  severity: "warning",
  explain: "A type of the flow has the name of an installed one; in this flow its own is used.",
  message: ({ type, package: name }) =>
    `Type "${type}" hides the one from package "${name}" in this flow. Rename it if that is not meant.`,
});

export const flowUnknownNode = defineError<{ name: string; suggestion?: string | undefined }>({
  code: "flow/unknown-node",
  severity: "warning",
  explain: "A config names a node that the flow does not have.",
  message: ({ name, suggestion }) =>
    `The flow has no node "${name}".${didYouMean(suggestion) || " Remove it here, or correct the name."}`,
});

export const flowUnknownInput = defineError<{
  port: string;
  type: string;
  suggestion?: string | undefined;
  ports: string;
}>({
  code: "flow/unknown-input",
  explain: "A node wires an input that its type does not have.",
  message: ({ port, type, suggestion, ports }) =>
    `"${type}" has no input "${port}".${didYouMean(suggestion) || ` ${ports}`}`,
});

export const flowUnknownOutput = defineError<{
  port: string;
  type: string;
  suggestion?: string | undefined;
  ports: string;
}>({
  code: "flow/unknown-output",
  explain: "A node wires an output that its type does not have, and its config does not name.",
  message: ({ port, type, suggestion, ports }) =>
    `"${type}" has no output "${port}".${didYouMean(suggestion) || ` ${ports}`}`,
});

export const flowWiredTwice = defineError<{ port: string; topic: string }>({
  code: "flow/wired-twice",
  severity: "warning",
  explain: "A port names the same topic twice; the second wire is ignored.",
  message: ({ port, topic }) => `Port "${port}" names topic "${topic}" twice. Remove one.`,
});

export const flowPortMismatch = defineError<{ reason: string }>({
  code: "flow/port-mismatch",
  explain: "What one end of a wire gives can never be what the other end takes.",
  message: ({ reason }) => reason,
});

export const flowNodeUnfed = defineError<{ node: string; reason: "unwired" | "silent" }>({
  code: "flow/node-unfed",
  severity: "warning",
  explain: "A node waits for messages, but none of its inputs leads to a topic that anyone sends to.",
  message: ({ node, reason }) =>
    reason === "unwired"
      ? `Node "${node}" gets no messages: none of its inputs is wired. Wire one to a topic.`
      : `Node "${node}" gets no messages: no node sends to the topics that it reads. Wire an output to one of them.`,
});

export const flowEndlessCycle = defineError<{ nodes: readonly string[] }>({
  code: "flow/endless-cycle",
  severity: "warning",
  explain: "Messages go round through memory topics with no node that could end it: they would never settle.",
  message: ({ nodes }) =>
    `Messages go round for ever: ${nodes.map((node) => `"${node}"`).join(" to ")}. Put a switch or filter into the circle.`,
});
