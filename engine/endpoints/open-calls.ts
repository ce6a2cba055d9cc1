// The requests that wait for their answers, by id: `<engine id>~<random>`. Each ends once: answered, timed out, or
// left by its caller. Their number is bounded.
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpAnswer } from "@millrace/sdk";
import type { Clock } from "../base/clock.ts";
import { endpointFailed, noAnswerInTime } from "../base/errors/endpoints.ts";
import { errorText } from "../base/errors/error.ts";
import type { Logger } from "../base/logger.ts";
import { Call } from "./call.ts";
import { sendAnswer, sendError } from "./send-answer.ts";

export class OpenCalls {
  readonly #open = new Map<string, Call>();
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** What became of calls, for whoever asks. */
  readonly counts = { calls: 0, failed: 0, timedOut: 0, left: 0, unclaimedAnswers: 0 };
  #count = 0;
  #idle: (() => void) | undefined;

  constructor(options: { engineId: string; clock: Clock; logger: Logger }) {
    this.#prefix = `${options.engineId}~${randomBytes(9).toString("base64url")}-`;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Opens a call; it must be answered within `timeoutMs`. */
  begin(
    request: IncomingMessage,
    response: ServerResponse,
    params: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Call {
    this.#count += 1;
    this.counts.calls++;
    const call = new Call(this.#prefix + this.#count.toString(36), request, response, params);
    this.#open.set(call.id, call);
    if (timeoutMs > 0) call.timer = this.#clock.schedule(timeoutMs, () => this.#timeOut(call, timeoutMs));
    response.once("close", () => {
      if (!this.#end(call)) return;
      this.counts.left++;
      call.abort();
    });
    return call;
  }

  /** Sends the answer when the call still waits; says whether it did. */
  answer(callId: string, answer: HttpAnswer): boolean {
    const call = this.#open.get(callId);
    if (!call || !this.#end(call)) {
      this.counts.unclaimedAnswers++;
      return false;
    }
    try {
      sendAnswer(call.response, answer, call.headersOfRoute);
    } catch (error) {
      this.counts.failed++;
      this.#logger.error(errorText(error), { path: call.path });
      sendError(call.response, endpointFailed(), call.headersOfRoute);
    }
    return true;
  }

  /** The flow threw on the call. */
  fail(call: Call, error: unknown): void {
    this.counts.failed++;
    const stack = error instanceof Error ? error.stack : undefined;
    this.#logger.error(errorText(error), { path: call.path, ...(stack !== undefined && { stack }) });
    if (this.#end(call)) sendError(call.response, endpointFailed(), call.headersOfRoute);
  }

  /** Resolves when no call waits any more, or after `ms`; then those that are left are cut off. */
  async drain(ms: number): Promise<void> {
    if (this.#open.size === 0) return;
    for (const { response } of this.#open.values()) response.shouldKeepAlive = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle = resolve;
    const timer = this.#clock.schedule(ms, resolve);
    await promise;
    timer.cancel();
    for (const call of [...this.#open.values()]) {
      this.#end(call);
      call.abort();
      call.response.destroy();
    }
  }

  #timeOut(call: Call, timeoutMs: number): void {
    if (!this.#end(call)) return;
    this.counts.timedOut++;
    call.abort();
    sendError(call.response, noAnswerInTime({ seconds: timeoutMs / 1000 }), call.headersOfRoute);
  }

  #end(call: Call): boolean {
    if (!this.#open.delete(call.id)) return false;
    call.timer?.cancel();
    if (this.#open.size === 0) this.#idle?.();
    return true;
  }
}
