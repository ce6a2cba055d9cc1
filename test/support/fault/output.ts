// Two outputs of the same input side by side. Pure: it counts what differs, and leaves the judgement to the tests.
import type { Verdict } from "./verdict.ts";

/** Payloads by topic, each topic's in order. */
export interface Output {
  readonly invoices: readonly unknown[];
  readonly ledger: readonly unknown[];
  readonly dead: readonly unknown[];
  readonly beats: readonly unknown[];
  /** What any engine heard: each once, however many there are. */
  readonly heard: readonly unknown[];
  /** State by customer. */
  readonly accounts: Readonly<Record<string, unknown>>;
}

const TOPICS = ["invoices", "ledger", "dead", "beats", "heard"] as const;

export function differences(wanted: Output, output: Output): Verdict {
  const verdict = { lost: 0, duplicated: 0, invented: 0 };
  let messages = 0;
  for (const topic of TOPICS) {
    const [before, now] = [timesOf(wanted[topic]), timesOf(output[topic])];
    for (const [text, times] of before) verdict.lost += Math.max(0, times - (now.get(text) ?? 0));
    for (const [text, times] of now) {
      messages += times;
      const more = times - (before.get(text) ?? 0);
      if (more > 0) verdict[before.has(text) ? "duplicated" : "invented"] += more;
    }
  }
  const [before, now] = [byCustomer(wanted.invoices), byCustomer(output.invoices)];
  const names = new Set([...Object.keys(wanted.accounts), ...Object.keys(output.accounts)]);
  return {
    ...verdict,
    messages,
    outOfOrder: [...before].filter(([customer, texts]) => now.get(customer)?.join() !== texts.join()).length,
    miscounted: [...names].filter(
      (name) => JSON.stringify(wanted.accounts[name]) !== JSON.stringify(output.accounts[name]),
    ).length,
    duplicatedOutside: 0,
    lostOutside: 0,
    unstableIds: 0,
    redelivered: 0,
  };
}

function timesOf(payloads: readonly unknown[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const text of payloads.map((payload) => JSON.stringify(payload)))
    times.set(text, (times.get(text) ?? 0) + 1);
  return times;
}

/** The invoices of each customer, in order. */
function byCustomer(invoices: readonly unknown[]): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const invoice of invoices) {
    const { customer } = invoice as { customer: string };
    const list = lists.get(customer) ?? [];
    list.push(JSON.stringify(invoice));
    lists.set(customer, list);
  }
  return lists;
}
