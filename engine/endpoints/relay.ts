// The port over which engines hand each other the answers of calls that came in elsewhere.
import type { HttpAnswer } from "@millrace/sdk";

export interface AnswerRelay {
  /** Hands an answer to the engine that holds the call. False when that engine is not there. */
  send(engineId: string, callId: string, answer: HttpAnswer): Promise<boolean>;
  /** Hears the answers of others for calls of this engine. The listener says whether the call still waited. */
  onAnswer(listener: (callId: string, answer: HttpAnswer) => boolean): Disposable;
}
