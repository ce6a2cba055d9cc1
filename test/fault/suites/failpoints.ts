// Engines are killed at named places, where a kill at random would seldom meet them, and started again.
import type { FailpointName } from "../../../engine/base/failpoints.ts";
import { faultFlow } from "../../support/fault/flow.ts";
import { Trial } from "../../support/fault/trial.ts";
import { type Report, report, type SuiteOptions } from "./report.ts";

const MESSAGES = 400;

/** A place, and at which pass. Those before the engine is ready kill it while it starts. */
export const DEADLY_PLACES = [
  "before-publish-reply=kill@3",
  "after-effect=kill@100",
  "before-commit=kill@4",
  "after-commit=kill@3",
  "during-claim=kill",
  "during-deploy=kill@2",
] as const satisfies readonly `${FailpointName}=${string}`[];

export async function failpoints(
  options: SuiteOptions & {
    readonly backend: "embedded" | "redis";
    readonly places?: readonly (typeof DEADLY_PLACES)[number][];
  },
): Promise<Report> {
  const { backend, mutant, scale } = options;
  const places = options.places ?? DEADLY_PLACES;
  await using trial = await Trial.open({ backend, mutant, flow: { counts: mutant === undefined } });
  let killed = 0;
  for (let round = 0; round < scale; round++) {
    for (const place of places) {
      if (await killedAt(trial, place)) killed++;
    }
  }
  await trial.start();
  await trial.settled(mutant ? 3_000 : undefined);
  const verdict = await trial.verdict();
  return report({ published: trial.workload.acknowledged.size, verdict }, { kills: killed });
}

/** Works under the failpoint until it kills the engine; false when it was never passed. */
async function killedAt(trial: Trial, place: string): Promise<boolean> {
  if (place.startsWith("during-claim")) {
    await trial.start();
    await trial.workload.publish(MESSAGES);
    await trial.kill(); // leaves work under way to be claimed
    return trial.start("one", { MILLRACE_FAILPOINTS: place }).then(
      () => trial.kill().then(() => false),
      () => true,
    );
  }
  const engine = await trial.start("one", { MILLRACE_FAILPOINTS: place });
  const ended = trial.ended();
  const publishing = trial.workload.publish(MESSAGES);
  if (place.startsWith("during-deploy")) {
    const flow = faultFlow({ ...trial.flowOptions, version: Math.random() });
    await engine.call("PUT", "/api/flows/main", { flow }).catch(() => undefined);
  }
  await ended;
  // The rest is published once an engine is up again.
  await trial.start();
  await publishing;
  await trial.settled();
  await trial.kill();
  return true;
}
