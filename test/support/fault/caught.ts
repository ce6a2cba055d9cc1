// A fault made on purpose shows only when things happen to meet: a run that met nothing is tried again, a few times.
import type { Report } from "../../fault/suites/report.ts";

const TRIES = 5;

/** Whether the suite notices the mutant in one of a few runs. */
export async function isCaught(run: () => Promise<Report>): Promise<boolean> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { faults } = await run();
    if (faults > 0) return true;
  }
  return false;
}
