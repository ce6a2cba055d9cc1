// What a supervisor and its workers tell each other over the channel between their processes.
import type { StartLine } from "../show/start.ts";

/** From a worker. */
export type WorkerMessage =
  /** It runs its flows, or is in safe mode; what an engine says when it starts. */
  | { readonly kind: "started"; readonly lines: readonly StartLine[] }
  | { readonly kind: "ready" }
  /** It was told to stop and drains. */
  | { readonly kind: "stopping" }
  /** By which name it is a member of the cluster from now on. */
  | { readonly kind: "member"; readonly consumer: string }
  /** Asks for the metrics of all other workers. */
  | { readonly kind: "ask-metrics"; readonly question: number }
  /** Its own metrics, for a question of the supervisor. */
  | { readonly kind: "metrics"; readonly question: number; readonly metrics: readonly object[] };

/** To a worker; signals go as their bare names (stop.ts). */
export type SupervisorMessage =
  | { readonly kind: "give-metrics"; readonly question: number }
  | {
      readonly kind: "all-metrics";
      readonly question: number;
      readonly metrics: readonly (readonly object[])[];
    };

/** Said by an engine that wants to be told signals as messages. */
export const SIGNALS_AS_MESSAGES = "signals-as-messages";

/** Messages come from our own processes only, so their kind tells all. */
export function isMessage<M extends { readonly kind: string }>(message: unknown): message is M {
  return typeof message === "object" && message !== null && "kind" in message;
}
