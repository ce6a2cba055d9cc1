// Named places where a fault test ends, stops or delays the engine: MILLRACE_FAILPOINTS=before-commit=kill@3,… .
// Whoever has such a place asks once, when it is made: without the variable it gets undefined, and nothing is called.
import { failpointBad } from "./errors/cli.ts";

/** In the order in which a message passes them. */
export const FAILPOINTS = [
  "before-publish",
  "before-publish-reply",
  "during-claim",
  "after-effect",
  "before-commit",
  "after-commit",
  "before-dead-letter",
  "during-deploy",
] as const;

export type FailpointName = (typeof FAILPOINTS)[number];

/** Called when the place is passed. A promise: wait for it, here the engine is held. */
export type Failpoint = () => Promise<void> | undefined;

const RULE = /^(?<name>[a-z-]+)=(?:(?<signal>kill|stop)|pause:(?<ms>\d+))(?:@(?<pass>\d+))?$/;

/**
 * What happens at a place: `kill` (SIGKILL) or `stop` (SIGSTOP, until somebody continues it) of this process, or
 * `pause:<ms>`. With `@n` only at the n-th pass through the place that asked, otherwise at every one.
 * Throws `cli/failpoint-bad`.
 */
export function failpoint(
  name: FailpointName,
  rules: string | undefined = process.env.MILLRACE_FAILPOINTS,
): Failpoint | undefined {
  if (!rules) return undefined;
  const wanted = rules
    .split(",")
    .map(ruleOf)
    .find((rule) => rule.name === name);
  if (!wanted) return undefined;
  let passes = 0;
  return () => {
    passes++;
    return wanted.pass === undefined || passes === wanted.pass ? wanted.act() : undefined;
  };
}

interface Rule {
  readonly name: string;
  /** Undefined: every pass. */
  readonly pass: number | undefined;
  readonly act: Failpoint;
}

function ruleOf(text: string): Rule {
  const { name = "", signal, ms, pass } = RULE.exec(text)?.groups ?? {};
  if (!FAILPOINTS.some((known) => known === name)) throw failpointBad({ rule: text, known: FAILPOINTS });
  return {
    name,
    pass: pass === undefined ? undefined : Number(pass),
    act: () => {
      if (ms !== undefined) return new Promise((resolve) => setTimeout(resolve, Number(ms)));
      process.kill(process.pid, signal === "stop" ? "SIGSTOP" : "SIGKILL");
      return undefined;
    },
  };
}
