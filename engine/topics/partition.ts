// Which part of a divided topic a message belongs to: equal keys always to the same part. Pure.
import { pointerSteps, valueAt } from "../flow/pointer.ts";
import { hashText } from "./message-id.ts";

/** `key`: a JSON Pointer into the payload. What has no such value goes to one part, whichever it is. */
export function partitionOf(key: string): (payload: unknown, partitions: number) => number {
  const steps = pointerSteps(key);
  return (payload, partitions) => {
    const value = valueAt(payload, steps);
    const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
    return (hashText(text) >>> 0) % partitions;
  };
}
