// Names and bounds that hold for every flow.
import { parseDuration } from "@millrace/sdk";

/** Keys that reach into JavaScript's own objects; refused everywhere in a flow. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export const LIMITS = {
  nodes: 20_000,
  topics: 20_000,
  types: 500,
  depth: 100,
  fileMegabytes: 10,
  problems: 1_000,
} as const;

const FLOW_NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]{0,99}$/u;

export function isFlowName(name: string): boolean {
  return FLOW_NAME.test(name) && !FORBIDDEN_KEYS.has(name);
}

/** A name that begins with "/" is shared by all flows, and exactly this name in Redis. */
export function isSharedTopic(name: string): boolean {
  return name.startsWith("/");
}

/** Milliseconds, or undefined when the text is no duration. */
export function durationMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}
