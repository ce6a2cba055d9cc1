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
