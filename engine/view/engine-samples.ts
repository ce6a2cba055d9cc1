// The numbers of the engine as a whole as samples for /metrics: endpoints, live rooms, backend, cluster, scripts.
import type { Backend } from "../backend/backend.ts";
import type { MetricName, MetricSample } from "./metric-list.ts";

/** What the parts count of themselves. */
export interface EngineCounts {
  readonly http: Readonly<
    Record<"calls" | "refused" | "failed" | "timedOut" | "left" | "unclaimedAnswers", number>
  >;
  readonly openCalls: number;
  readonly liveLeftOut: number;
  readonly members: number;
  readonly membersGone: number;
  readonly membershipLost: number;
  readonly scriptRunnerRestarts: number;
}

/** Counts how often the backend goes away, from now on. */
export class Outages implements Disposable {
  count = 0;
  readonly #watch: Disposable;
  #up = true;

  constructor(backend: Backend) {
    this.#watch = backend.onHealth(({ up }) => {
      if (this.#up && !up) this.count++;
      this.#up = up;
    });
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }
}

export function engineSamples(
  counts: EngineCounts,
  backend: { readonly up: boolean; readonly outages: number },
): MetricSample[] {
  const { http } = counts;
  const values: Partial<Record<MetricName, number>> = {
    millrace_http_calls_total: http.calls,
    millrace_http_open_calls: counts.openCalls,
    millrace_http_refused_total: http.refused,
    millrace_http_failed_total: http.failed,
    millrace_http_timed_out_total: http.timedOut,
    millrace_http_left_total: http.left,
    millrace_http_unclaimed_answers_total: http.unclaimedAnswers,
    millrace_live_left_out_total: counts.liveLeftOut,
    millrace_backend_up: backend.up ? 1 : 0,
    millrace_backend_outages_total: backend.outages,
    millrace_members: counts.members,
    millrace_members_gone_total: counts.membersGone,
    millrace_membership_lost_total: counts.membershipLost,
    millrace_script_runner_restarts_total: counts.scriptRunnerRestarts,
  };
  return (Object.entries(values) as [MetricName, number][]).map(([name, value]) => ({
    name,
    labels: {},
    value,
  }));
}
