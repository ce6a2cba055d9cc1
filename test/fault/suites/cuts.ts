// Connections to Redis are cut every 25 ms, after replies were swallowed for a moment: requests take effect whose
// answers are lost.
import { Trial } from "../../support/fault/trial.ts";
import { type Report, report, type SuiteOptions } from "./report.ts";

const EVERY_MS = 25;

export async function cuts(options: SuiteOptions & { readonly messages: number }): Promise<Report> {
  const { mutant } = options;
  await using trial = await Trial.open({
    backend: "redis",
    proxied: true,
    mutant,
    batch: 10,
    redis: { appendfsync: "no" }, // Redis does not die here
  });
  await trial.start();
  {
    using _ = trial.proxy.harass(EVERY_MS);
    await trial.workload.publish(options.messages);
  }
  await trial.settled(mutant ? 3_000 : undefined);
  const verdict = await trial.verdict();
  return report({ published: trial.workload.acknowledged.size, verdict }, { cuts: trial.proxy.cuts });
}
