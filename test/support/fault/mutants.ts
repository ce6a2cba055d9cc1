// Engines with a fault made on purpose: a suite that would not notice them proves nothing. The change is made to the
// text of a source file while the engine loads it; where the text is gone, the engine does not start and says so.
import { pathToFileURL } from "node:url";

interface Change {
  /** End of the path of a source file. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const COMMIT_CALL = "const applied = await this.#streams.commit(batch.map(commitOf));";
const AFTER_COMMIT = "if (this.#afterCommit) await this.#afterCommit();";
const INPUTS_ONLY =
  "const applied = await this.#streams.commit(batch.map((root) => ({ ...commitOf(root), effects: [] })));";
const EFFECTS_ONLY = `for (const { effects } of batch.map(commitOf)) {
  for (const { kind, stream, body } of effects) {
    if (kind !== "append") continue;
    await this.#streams.publish(stream, { id: crypto.randomUUID(), sequence: 1 }, [body]);
  }
}`;

export const MUTANTS = {
  /** Nobody asks whether the entry is still the engine's own: a zombie commits. */
  "commit without a fence": [
    {
      file: "/redis/functions/commit.lua",
      find: "owned = owned and owns(input[1], input[2])",
      replace: "owns(input[1], input[2])",
    },
  ],
  /** A repeated batch is appended again. */
  "publish without a high-water mark": [
    {
      file: "/redis/functions/publish.lua",
      find: "local high = mark and",
      replace: "local high = false and",
    },
  ],
  /** What was handed out in a reply that never came is not looked for. */
  "own pending entries are not drained": [
    {
      file: "/topics/stream-reader.ts",
      find: "if (this.#pendingFirst) await this.#drainOwnPending(reading);",
      replace: "this.#pendingFirst = false;",
    },
  ],
  /** The input is acknowledged first, its outputs follow in a step of their own. */
  "acknowledged before published": [
    {
      file: "/topics/committer.ts",
      find: COMMIT_CALL,
      replace: `${INPUTS_ONLY} ${AFTER_COMMIT} ${EFFECTS_ONLY}`,
    },
  ],
  /** The outputs go out first, the acknowledgement follows in a step of its own. */
  "published before acknowledged": [
    {
      file: "/topics/committer.ts",
      find: COMMIT_CALL,
      replace: `${EFFECTS_ONLY} ${AFTER_COMMIT} ${INPUTS_ONLY}`,
    },
  ],
  /** Entries of an earlier run stay with a consumer that will never come back. */
  "an earlier run's entries are not claimed": [
    {
      file: "/topics/stream.ts",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a source file
      find: "gone: [`${engineId}:`, ...gone()],",
      replace: "gone: [],",
    },
  ],
  /** A vanished group begins with what comes next. */
  "a vanished group is made anew at the end": [
    {
      file: "/backend/redis/streams.ts",
      find: 'await this.ensureGroup(stream, group, "start", asOf)',
      replace: 'await this.ensureGroup(stream, group, "new", asOf)',
    },
  ],
  /** A reader takes all there is. */
  "a reader without a budget": [
    {
      file: "/topics/budget.ts",
      find: "const MESSAGES = 64;\nconst BYTES = 16 * 1024 * 1024;",
      replace: "const MESSAGES = 1e9;\nconst BYTES = 1e15;",
    },
  ],
  /** A message that fails is tried for ever. */
  "poison is never given up": [
    {
      file: "/topics/entry-handling.ts",
      find: "if (!mayRetry || attempt >= retry.attempts) return undefined;",
      replace: "",
    },
  ],
  /** What a timer has remembered counts as sent. */
  "a tick on its way is forgotten": [
    { file: "/core/timer.ts", find: "if (makesUp) await sender.repeat();", replace: "" },
  ],
  /** Whoever takes a timer over begins with what is due next. */
  "missed ticks are not made up for": [
    {
      file: "/core/timer.ts",
      find: 'const makesUp = config.missed !== "skip";',
      replace: "const makesUp = false;",
    },
  ],
  /** What only the master has is acknowledged. */
  "the answer of WAIT is not looked at": [
    { file: "/redis/confirmed.ts", find: "if (!(confirmations >= 1))", replace: "if (false)" },
  ],
  /** "Not now" is heard as "done". */
  "a refusal is taken for success": [
    {
      file: "/redis/connection.ts",
      find: "return await this.once(send);",
      replace: `return await this.once(send).catch((error) => {
  if (classifyFailure(error) === "refused") return [0] as T;
  throw error;
});`,
    },
  ],
  /** A call that Redis does not take now is given up instead of repeated. */
  "a refusal ends the call": [{ file: "/redis/failure.ts", find: "MISCONF|OOM|", replace: "" }],
  /** What is in a full Redis can not be settled, and so it stays full. */
  "commits are refused when out of memory": [
    {
      file: "/redis/functions/commit.lua",
      find: "callback = commit, flags = { 'allow-oom' }",
      replace: "callback = commit",
    },
  ],
  /** Leases rest on the clock on the wall. */
  "leases by the wall clock": [
    {
      file: "/cluster/monotonic.ts",
      find: "return Number(process.hrtime.bigint() / 1000n) / 1000;",
      replace: "return Date.now();",
    },
  ],
  /** Whose beats stand still is waited for. */
  "nobody is declared dead": [
    { file: "/cluster/standstill.ts", find: "still.push(name)", replace: "continue" },
  ],
  /** Who takes over from the dead takes from the living too. */
  "the living are claimed from": [
    {
      file: "/redis/functions/claim.lua",
      find: "string.sub(name, 1, #prefix) == prefix",
      replace: "#prefix > 0",
    },
  ],
  /** A part that changes hands begins with what is new; what the other had comes whenever it comes. */
  "a part's earlier entries are not taken first": [
    { file: "/topics/ordered-reader.ts", find: "#inheriting = true;", replace: "#inheriting = false;" },
  ],
  /** What failed in a topic with partitions does not hold up what is behind it. */
  "what waits for its next attempt is overtaken": [
    { file: "/topics/entry-handling.ts", find: "if (after) tree.waitFor(after);", replace: "" },
  ],
  /** A changed node starts while the old one is still at work. */
  "a changed node is not waited for": [
    {
      file: "/runtime/node-runner.ts",
      find: "await this.#turns.idle(timeoutMs, hurry);",
      replace: "",
    },
  ],
  /** With the changed node its readers are made anew, and find what is under way among their own pending entries. */
  "readers are made anew with their node": [
    {
      file: "/runtime/flow-runtime.ts",
      find: "if (wanted.has(key) && !this.#topicChanged(plan, wire)) continue;",
      replace: "",
    },
  ],
} as const satisfies Readonly<Record<string, readonly Change[]>>;

export type Mutant = keyof typeof MUTANTS;

/** What to set in the environment of an engine, added to what is set already. */
export function mutantEnvironment(mutant: Mutant | undefined): Record<string, string> {
  if (mutant === undefined) return {};
  return { NODE_OPTIONS: preload("mutate.mjs"), FAULT_MUTATION: JSON.stringify(MUTANTS[mutant]) };
}

/** Of an engine whose wall clock jumps by hours, every so many milliseconds. */
export function jumpingClock(stayMs: number): Record<string, string> {
  return { NODE_OPTIONS: preload("jump-clock.mjs"), FAULT_CLOCK_MS: String(stayMs) };
}

function preload(file: string): string {
  return `--import ${pathToFileURL(`${import.meta.dirname}/preload/${file}`).href}`;
}
