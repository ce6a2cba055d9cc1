// What can be wrong with an engine's place among the others.
import { defineError } from "./error.ts";

export const keeperFailed = defineError<{ reason: string }>({
  code: "cluster/keeper-failed",
  explain:
    "The thread that keeps this engine's place in the cluster could not start, so the engine cannot take part. The sentence says why; most often Redis cannot be reached.",
  message: ({ reason }) =>
    `The engine cannot take its place among the others: ${reason}. Correct that, then start it again.`,
});

export const heldElsewhere = defineError<{ node: string; engine: string }>({
  code: "cluster/held-elsewhere",
  status: 409,
  explain:
    "The node runs on one engine at a time, and another one has it now. Ask that engine, or stop it: then another takes over.",
  message: ({ node, engine }) =>
    `Node "${node}" runs on engine "${engine}" now, and only on one engine at a time. Ask that engine.`,
});

export const engineSilent = defineError<{ engine: string }>({
  code: "cluster/engine-silent",
  status: 504,
  explain:
    "What was asked for can only be done by another engine now, and that one did not answer within 5 seconds. It may have ended; then another takes over in a few seconds.",
  message: ({ engine }) =>
    `Engine "${engine}", which has to do this, did not answer. Try again in a few seconds.`,
});

export const errandRefused = defineError<{ engine: string; reason: string }>({
  code: "cluster/errand-refused",
  status: 409,
  explain:
    "What was asked for can only be done by another engine now, and that one refused. The sentence says why.",
  message: ({ engine, reason }) => `Engine "${engine}", which has to do this, refused: ${reason}`,
});

export const heldNowhere = defineError<{ node: string }>({
  code: "cluster/held-nowhere",
  status: 409,
  explain:
    "The node runs on one engine at a time, and it is just being taken over. Try again in a few seconds.",
  message: ({ node }) =>
    `Node "${node}" runs on one engine at a time, and none has it at this moment. Try again in a few seconds.`,
});
