// An engine is stopped in its tracks while another takes over its work, and goes on as if nothing had happened: nothing
// of what it had under way may count. Half of them stop right before a commit, the others wherever they are.
import { sleep, Trial } from "../../support/fault/trial.ts";
import { type Report, report, type SuiteOptions } from "./report.ts";

const MESSAGES = 400;

/** The successor runs under the name of the one that is stopped, and so takes over its entries at once. */
export async function zombies(options: SuiteOptions & { readonly pauses: number }): Promise<Report> {
  const { mutant } = options;
  const redis = { appendfsync: "no" };
  await using trial = await Trial.open({ backend: "redis", mutant, redis, flow: { busyMs: 0.2 } });
  for (let pause = 0; pause < options.pauses; pause++) {
    const exactly = pause % 2 === 0;
    await trial.start("one", exactly ? { MILLRACE_FAILPOINTS: "before-commit=stop@3" } : {});
    const publishing = trial.workload.publish(MESSAGES);
    if (exactly) await trial.stoppedItself();
    else {
      await sleep(20 + Math.random() * 100);
      trial.pause();
    }
    trial.rename("one", "zombie");
    await trial.start();
    await trial.settled(mutant ? 3_000 : undefined);
    trial.resume("zombie");
    await publishing;
    await trial.settled(mutant ? 3_000 : undefined);
    await sleep(100);
    await trial.kill("zombie");
    await trial.kill();
  }
  await trial.start(); // takes what the last zombie may have had
  await trial.settled(mutant ? 3_000 : undefined);
  const verdict = await trial.verdict();
  return report({ published: trial.workload.acknowledged.size, verdict }, { pauses: options.pauses });
}
