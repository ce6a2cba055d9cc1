// Among good messages are some that cannot be handled. They are given up to the dead letters, each once, and those
// beside them come to no harm; also when the engine is killed while it gives one up.
import { writeFileSync } from "node:fs";
import type { FlowDocument } from "../../../engine/flow/document.ts";
import { faultFlow } from "../../support/fault/flow.ts";
import { Trial } from "../../support/fault/trial.ts";
import { type Report, report, type SuiteOptions } from "./report.ts";

const KINDS = ["throw", "reject-later", "hang"] as const;
/** Harms nobody: the handler itself succeeds. */
const HARMLESS: ReadonlySet<string> = new Set(["reject-later"]);

export async function poison(
  options: SuiteOptions & { readonly backend: "embedded" | "redis"; readonly rounds: number },
): Promise<Report> {
  const { backend, mutant } = options;
  await using trial = await Trial.open({ backend, mutant, batch: 20 });
  writeFileSync(trial.flowFile, JSON.stringify(poisonableFlow(trial.flowOptions.outside)));
  const doomed = new Set<number>();
  let kills = 0;
  for (let round = 0; round < options.rounds; round++) {
    await trial.start("one", { MILLRACE_FAILPOINTS: "before-dead-letter=kill@2" });
    const ended = trial.ended();
    const publishing = publishSome(trial, doomed);
    if (mutant) await publishing;
    else {
      await ended;
      kills++;
    }
    await trial.kill();
    await trial.start();
    await publishing;
    await trial.settled(mutant ? 3_000 : undefined);
    await trial.kill();
  }
  await trial.start();
  const letters = (await trial.entries("numbers.dead")).map(
    ({ payload }) => (payload as { number: number }).number,
  );
  for (const number of doomed) trial.workload.acknowledged.delete(number);
  const verdict = await trial.verdict();
  const given = new Set(letters);
  const wanted = [...doomed].filter((number) => !trial.workload.uncertain.has(number));
  return report(
    {
      published: trial.workload.acknowledged.size + doomed.size,
      verdict: {
        ...verdict,
        lost: verdict.lost + wanted.filter((number) => !given.has(number)).length,
        duplicated: verdict.duplicated + letters.length - given.size,
        invented: verdict.invented + letters.filter((number) => !doomed.has(number)).length,
      },
    },
    { poisoned: doomed.size, kills },
  );
}

async function publishSome({ workload }: Trial, doomed: Set<number>): Promise<void> {
  for (const kind of KINDS) {
    await workload.publish(60);
    const first = workload.published;
    await workload.publish(2, { extra: { poison: kind } });
    if (!HARMLESS.has(kind)) for (const number of [first, first + 1]) doomed.add(number);
  }
}

function poisonableFlow(outside: string): FlowDocument {
  const flow = faultFlow({ outside });
  const numbers = { ...flow.topics?.numbers, retry: { attempts: 2, backoff: "10ms" } };
  return {
    ...flow,
    topics: { ...flow.topics, numbers },
    nodes: {
      work: {
        type: "fault-poisonable",
        inputs: { in: ["numbers"] },
        outputs: { out: ["results"] },
      },
    },
  };
}
