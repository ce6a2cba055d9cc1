// The part of a run that goes to the runner in one frame: never a message that is doomed, never more than fits.
import { notSendable, scriptPayloadTooLarge } from "../base/errors/index.ts";
import { UnsendableError } from "./isolate/exact-json.ts";
import { encodeMessages } from "./payload.ts";
import type { Run } from "./script.ts";
import { bare } from "./verdict.ts";

/** One batch on its way in; a larger one is split, a larger message refused. */
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;

export interface Part {
  readonly from: number;
  readonly to: number;
  /** Text is JSON, bytes are MessagePack. */
  readonly body: string | Uint8Array;
}

/**
 * The next part of a run after the outcomes it has. Messages that fail without running get their outcome on the
 * way. Undefined when none is left.
 */
export function nextPart(run: Run): Part | undefined {
  for (;;) {
    const from = run.outcomes.length;
    if (from >= run.messages.length) return undefined;
    const error = run.doomed.get(from);
    if (error) {
      run.outcomes.push({ ok: false, error });
      continue;
    }
    const part = encode(run, from, endOf(run, from));
    if (part) return part;
  }
}

function endOf(run: Run, from: number): number {
  if (run.suspect) return from + 1;
  let to = run.messages.length;
  for (const index of run.doomed.keys()) if (index > from && index < to) to = index;
  return to;
}

/** Halves what does not fit; a single message that does not is doomed. */
function encode(run: Run, from: number, to: number): Part | undefined {
  const { name } = run.script.source;
  for (let count = to - from; ; count = Math.ceil(count / 2)) {
    let error: Error;
    try {
      const whole = count === run.messages.length;
      const body = encodeMessages(whole ? run.messages : run.messages.slice(from, from + count));
      if (body.length <= MAX_BATCH_BYTES) return { from, to: from + count, body };
      error = scriptPayloadTooLarge({ name, bytes: body.length, limit: MAX_BATCH_BYTES, direction: "in" });
    } catch (thrown) {
      if (!(thrown instanceof UnsendableError || thrown instanceof RangeError)) throw thrown;
      error = notSendable({ name, reason: thrown.message });
    }
    if (count > 1) continue;
    run.doomed.set(from, bare(error));
    return undefined;
  }
}
