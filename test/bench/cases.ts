// What is measured: each case as a chain of steps, the same for Millrace and its peers.

export type Step = "pass" | "script";

export interface BenchCase {
  readonly name: string;
  readonly title: string;
  readonly steps: readonly Step[];
  /** Messages of one measurement. */
  readonly messages: number;
}

export const CASES: readonly BenchCase[] = [
  {
    name: "pass-10",
    title: "memory topics, 10 pass-through nodes",
    steps: Array.from({ length: 10 }, () => "pass" as const),
    messages: 200_000,
  },
  {
    name: "script-2",
    title:
      "source > script > script > sink (Millrace's scripts are isolated, Node-RED's function nodes are not)",
    steps: ["script", "script"],
    messages: 200_000,
  },
];

/** What each script step does, in the words of both. */
export const SCRIPT = "return { n: message.payload.n + 1 };";
export const FUNCTION = "msg.payload = { n: msg.payload.n + 1 }; return msg;";

export function caseNamed(name: string | undefined): BenchCase {
  const found = CASES.find((each) => each.name === name);
  if (!found)
    throw new Error(`There is no case "${name}". Cases: ${CASES.map((each) => each.name).join(", ")}.`);
  return found;
}
