// Errors of flows as a whole: deploying, revisions, starting and stopping.
import { defineError, didYouMean, type Problem } from "./error.ts";

export const unknownFlow = defineError<{ flow: string; suggestion?: string | undefined }>({
  code: "deploy/unknown-flow",
  status: 404,
  explain: "A flow was asked for that this engine does not have. See `GET /api/flows` for those it has.",
  message: ({ flow, suggestion }) =>
    `There is no flow "${flow}".${didYouMean(suggestion) || " See the list of flows."}`,
});

export const unknownRevision = defineError<{ flow: string; revision: number }>({
  code: "deploy/unknown-revision",
  status: 404,
  explain: "A revision was asked for that the flow does not have (any more). See its list of revisions.",
  message: ({ flow, revision }) => `Flow "${flow}" has no revision ${revision}. See its list of revisions.`,
});

export const staleRevision = defineError<{ flow: string; base: number; newest: number }>({
  code: "deploy/stale-revision",
  status: 409,
  explain:
    "The flow was deployed by someone else since the revision this change was made on. Take the newest revision, make the change there, and deploy again.",
  message: ({ flow, base, newest }) =>
    `Flow "${flow}" is at revision ${newest} by now; this change was made on ${base}. Load the newest, then deploy again.`,
});

export const invalidFlow = defineError<{ flow: string; problems: readonly Problem[] }>({
  code: "deploy/invalid-flow",
  status: 422,
  explain: "A flow has errors and was not deployed; what ran goes on. `problems` names each with its place.",
  message: ({ flow, problems }) => {
    const errors = problems.filter(({ severity }) => severity === "error");
    const first = errors[0] ? ` First: ${errors[0].message}` : "";
    return `Flow "${flow}" was not deployed: it has ${errors.length} ${errors.length === 1 ? "error" : "errors"}.${first}`;
  },
});

export const flowNameRefused = defineError<{ flow: string }>({
  code: "deploy/flow-name",
  status: 400,
  explain: "A new flow's name is not usable as a file name. Use lower-case letters, digits and dashes.",
  message: ({ flow }) =>
    `"${flow}" cannot name a flow. Use lower-case letters, digits and dashes, for example "my-flow".`,
});

export const flowStopped = defineError<{ flow: string }>({
  code: "deploy/flow-stopped",
  status: 409,
  explain: "Something was asked of the nodes or topics of a flow that does not run. Start the flow first.",
  message: ({ flow }) => `Flow "${flow}" does not run. Start it, then try again.`,
});

export const noFlowRuns = defineError<{ summary: string }>({
  code: "deploy/no-flow",
  explain:
    "None of the flow files given by `--flows` could be started. Correct what is named, or give other files.",
  message: ({ summary }) => `No flow could be started. ${summary}`,
});

export const fileNotWritten = defineError<{ file: string; reason: string }>({
  code: "deploy/file-not-written",
  severity: "warning",
  explain:
    "A deploy runs and is stored as a revision, but could not be written back to the flow's file. Make the file writable, then deploy again.",
  message: ({ file, reason }) =>
    `The deploy runs, but "${file}" could not be written: ${reason}. Make it writable and deploy again.`,
});

export const deployUndone = defineError<{ flow: string; reason: string }>({
  code: "deploy/undone",
  status: 422,
  explain:
    "A deploy was fine as a document, but a node it changed did not start; the revision before runs again. `problems` names the nodes. Correct them and deploy again.",
  message: ({ flow, reason }) => `The deploy of "${flow}" was taken back: ${reason}`,
});

const messagesWait = (count: number) => (count === 1 ? "1 message waits" : `${count} messages wait`);
const named = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

export const readerRemoved = defineError<{ node: string; topic: string; waiting: number }>({
  code: "deploy/reader-removed",
  severity: "warning",
  explain:
    'A deploy removed a node that reads a stream topic, or its input, while messages waited for it. They are dropped for this node: as soon as every engine runs the new revision, its place in the topic is removed, or the topic could not be trimmed any more. They stay in the topic for its other readers, and as long as its `retention` says. To have them handled by a node that is added later, give its input `from: "start"`, or replay them to it.',
  message: ({ node, topic, waiting }) =>
    `Node "${node}" does not read "${topic}" any more, and what waits for it there is dropped for it: ${waiting === 1 ? "1 message" : `${waiting} messages`}. They stay in the topic as long as its retention says.`,
});

export const partitionsInUse = defineError<{
  topic: string;
  from: number;
  to: number;
  waiting: number;
  readers: readonly string[];
}>({
  code: "deploy/partitions-in-use",
  status: 409,
  explain:
    "A deploy changes the number of partitions of a topic in which messages still wait. With another number the topic goes on in other streams, and keys go to other partitions: what waits would be left unread, or come out of order. Stop the sources, or wait until the topic has drained, and deploy again; or give the topic another name.",
  message: ({ topic, from, to, waiting, readers }) =>
    `Topic "${topic}" cannot go from ${from} to ${to} partitions yet: ${messagesWait(waiting)} there for ${named(readers)}, and would be left unread or out of order. Stop the sources or let it drain, then deploy again; or choose another topic name.`,
});

export const leftInParts = defineError<{
  topic: string;
  from: number;
  waiting: number;
  readers: readonly string[];
}>({
  code: "deploy/left-in-partitions",
  severity: "warning",
  explain:
    "A topic got another number of partitions, and messages were published to the old ones while it was deployed: nobody reads them there. Stop the sources, deploy the old number again until they are handled, then the new one.",
  message: ({ topic, from, waiting, readers }) =>
    `${messagesWait(waiting)} for ${named(readers)} in the ${from === 1 ? "stream" : `${from} partitions`} that topic "${topic}" had before: nobody reads there now. Stop the sources, deploy the old number of partitions until they are handled, then this one.`,
});
