// The metrics of an engine, described once: /metrics is made from this, and docs/operations.md keeps step with it.

interface Spec {
  readonly kind: "counter" | "gauge";
  readonly help: string;
  readonly labels: readonly string[];
}

const counter = (help: string, ...labels: string[]): Spec => ({ kind: "counter", help, labels });
const gauge = (help: string, ...labels: string[]): Spec => ({ kind: "gauge", help, labels });
const NODE = ["flow", "node"];
const TOPIC = ["flow", "topic"];
const READER = ["flow", "topic", "node"];

export const METRICS = {
  millrace_flow_up: gauge("1 when the flow runs here", "flow"),
  millrace_flow_revision: gauge("The revision that this engine has", "flow"),
  millrace_flow_discarded_total: counter(
    "Messages lost from memory topics whose wire went or whose flow stopped",
    "flow",
  ),
  millrace_flow_unreadable_total: counter("Messages heard by pattern that could not be read", "flow"),

  millrace_node_up: gauge("1 when the node runs, or stands by for another engine", ...NODE),
  millrace_node_received_total: counter("Messages taken in", ...NODE),
  millrace_node_settled_total: counter("Messages handled well", ...NODE),
  millrace_node_failed_total: counter("Messages failed after all attempts", ...NODE),
  millrace_node_retried_total: counter("Attempts after which another one followed", ...NODE),
  millrace_node_emitted_total: counter("Messages sent", ...NODE),
  millrace_node_lost_total: counter(
    "Messages of a source that were refused: by a full topic, a schema, the backend. Nothing brings them again",
    ...NODE,
  ),
  millrace_node_voided_total: counter(
    "Messages not sent, since another engine has what they were sent for and sends them",
    ...NODE,
  ),

  millrace_topic_messages_total: counter("Messages that went in here", ...TOPIC),
  millrace_topic_dropped_total: counter("Messages dropped: at the limit, unreadable, refused", ...TOPIC),
  millrace_topic_unread_total: counter(
    "Messages that waited for a reader that was removed from the flow",
    ...TOPIC,
  ),
  millrace_topic_voided_total: counter(
    "Messages refused by the backend, since they were sent under a lease that was lost",
    ...TOPIC,
  ),
  millrace_topic_waiting: gauge("Messages that the slowest reader has still to settle", ...TOPIC),
  millrace_topic_limit: gauge("How many may wait", ...TOPIC),
  millrace_topic_length: gauge("Messages kept", ...TOPIC),
  millrace_dead_letters: gauge("Messages in a dead-letter topic", ...TOPIC),
  millrace_group_lag: gauge("Messages not read yet", ...READER),
  millrace_group_pending: gauge("Messages read and not settled", ...READER),

  millrace_stream_taken_total: counter("Entries read as new", ...READER),
  millrace_stream_redelivered_total: counter(
    "Entries found again among the own pending ones, after a broken read, a restart or a refused commit",
    ...READER,
  ),
  millrace_stream_claimed_total: counter("Entries taken over from engines that are gone", ...READER),
  millrace_stream_retried_total: counter("Entries that had failed and were taken up again", ...READER),
  millrace_stream_committed_total: counter("Entries settled with all their effects", ...READER),
  millrace_stream_fenced_total: counter(
    "Commits refused: the entry was another engine's by then, or state had changed. Nothing of them took effect",
    ...READER,
  ),
  millrace_stream_undone_total: counter("Commits that rested on a refused one", ...READER),
  millrace_stream_abandoned_total: counter(
    "Entries given up without a verdict at a deploy or stop; they come again",
    ...READER,
  ),
  millrace_stream_deferred_total: counter("Failures after which the entry was put aside", ...READER),
  millrace_stream_dead_lettered_total: counter("Entries given up to the dead-letter topic", ...READER),
  millrace_stream_discarded_total: counter(
    "Entries given up for good, for want of a dead-letter topic",
    ...READER,
  ),
  millrace_stream_unreadable_total: counter("Of the entries given up, those not readable", ...READER),
  millrace_stream_crashed_total: counter("Of the entries given up, those that ended the process", ...READER),

  millrace_http_calls_total: counter("Calls of endpoints that a flow took"),
  millrace_http_open_calls: gauge("Calls that wait for their answers"),
  millrace_http_refused_total: counter("Calls refused because too many waited, or the engine stopped"),
  millrace_http_failed_total: counter("Calls on which the flow threw, or whose answer cannot be sent"),
  millrace_http_timed_out_total: counter("Calls that nobody answered in time"),
  millrace_http_left_total: counter("Calls whose caller went away before the answer"),
  millrace_http_unclaimed_answers_total: counter("Answers that came when nobody waited for them any more"),

  millrace_live_left_out_total: counter("Live events not shown, since there were too many"),
  millrace_backend_up: gauge("1 when the backend answers"),
  millrace_backend_outages_total: counter("How often the backend stopped answering"),
  millrace_members: gauge("Engines in the cluster, as this one sees them"),
  millrace_members_gone_total: counter("Boots of engines whose work was taken over"),
  millrace_membership_lost_total: counter("How often the others declared this engine dead"),
  millrace_script_runner_restarts_total: counter("How often the process that runs scripts ended"),
} as const satisfies Record<string, Spec>;

export type MetricName = keyof typeof METRICS;

export interface MetricSample {
  readonly name: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
