// What engine and script runner say to each other. Control bodies are JSON; payloads are JSON or MessagePack.
import type { FailureReport } from "./isolate/report.ts";

/** Engine to runner. */
export const TO_RUNNER = {
  /** LoadRequest. Answered by `loaded` or `loadFailed`. */
  load: 1,
  /** JSON array of messages. */
  run: 2,
  /** The same as MessagePack. */
  runPacked: 3,
  /** `run` is the request's number. JSON of an Answer. */
  answer: 4,
  /** `run` is the request's number; the value as MessagePack. */
  answerPacked: 5,
  /** The run is of no interest any more. */
  cancel: 6,
  /** Runs `onStop` and frees the script. Answered by `closed`. */
  close: 7,
  /** Frees the script at once. Not answered. */
  drop: 8,
  /** Answered by `pong`. */
  ping: 9,
} as const;

/** Runner to engine. */
export const FROM_RUNNER = {
  ready: 1,
  loaded: 2,
  /** FailureReport, with `syntax` when the code did not compile. */
  loadFailed: 3,
  /** "D" and a Document as JSON. */
  document: 4,
  /** The same; the run is over with it. */
  lastDocument: 11,
  /** The run is over. */
  over: 12,
  /** A Document as MessagePack. */
  documentPacked: 5,
  /** Loss: scripts that are gone, and why. */
  lost: 6,
  closed: 7,
  /** Loss: the runner cannot free itself and asks to be killed. */
  stuck: 8,
  pong: 9,
  /** A sentence for the script's log. */
  note: 10,
} as const;

export interface LoadRequest {
  readonly flow: string;
  readonly name: string;
  readonly code: string;
  readonly config: unknown;
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly maxPayloadBytes: number;
}

export interface LoadFailure {
  readonly reason: "syntax" | "threw" | "timeout" | "memory";
  readonly failure: FailureReport;
}

export interface Answer {
  readonly ok: boolean;
  readonly value?: unknown;
}

/** Why scripts are gone from the runner. */
export interface Loss {
  /** `broken`: it damaged its own surroundings. */
  readonly reason: "timeout" | "memory" | "broken";
  readonly scripts: readonly number[];
  /** Whose fault. `index` counts within the run; -1 when it happened outside any message. */
  readonly culprit: { readonly script: number; readonly run: number; readonly index: number } | null;
}
