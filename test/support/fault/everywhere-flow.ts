// A flow that uses much of what flows have, whose output depends on nothing but its input: it must be the same on one
// engine and on many, whatever carries its messages.
//
//   orders (stream, 4 parts) -> split -> price (script) -> join -> number (script, state) -> invoices (stream, 2 parts)
//      \-> orders.dead                                                    \-> switch -> /ledger (shared stream), alerts
//   alerts (pubsub) -> heed (script) -> heard (stream), once for each engine
//   timer -> beat (script, state) -> beats (stream)
//   GET /accounts/:customer -> account (script) -> response: the state of the flow
import type { FlowDocument } from "../../../engine/flow/document.ts";
import { KEPT } from "./flow.ts";

export const BEATS = 5;
export const LEDGER = "/ledger";
const LARGE = 30;

const PRICE = `
const prices: Record<string, number> = { tea: 4, coffee: 6, cup: 12 };
const { product, count }: { product: string; count: number } = message.payload.lines;
const price = prices[product];
if (price === undefined) throw new Error(\`"\${product}" has no price.\`);
return { ...message.payload, lines: { product, count, total: price * count } };`;

const NUMBER = `
const { id, customer, lines } = message.payload;
const total = lines.reduce((sum: number, line: { total: number }) => sum + line.total, 0);
const number = await state.update(\`number:\${customer}\`, (last) => (last ?? 0) + 1);
const account = await state.flow.update(\`account:\${customer}\`, (before) => ({
  orders: (before?.orders ?? 0) + 1,
  spent: (before?.spent ?? 0) + total,
}));
return { id, customer, number, total, spent: account.spent, lines };`;

const HEED = `
const { id, customer } = message.payload;
return { id, text: \`\${customer} has ordered a lot\` };`;

const BEAT = `
return { ...message.payload, number: await state.update("beats", (last) => (last ?? 0) + 1) };`;

const ACCOUNT = `
const { customer } = message.payload.params;
return { account: await state.flow.get(\`account:\${customer}\`) };`;

const script = (code: string, from: string, ...to: string[]) => ({
  type: "script",
  config: { code },
  inputs: { in: [from] },
  ...(to.length > 0 && { outputs: { out: to } }),
});

export const EVERYWHERE: FlowDocument = {
  title: "The same everywhere",
  topics: {
    orders: {
      delivery: "stream",
      partitions: 4,
      key: "/customer",
      retention: KEPT,
      retry: { attempts: 2, backoff: "20ms" },
    },
    lines: {},
    priced: {},
    complete: {},
    numbered: {},
    invoices: { delivery: "stream", partitions: 2, key: "/customer", retention: KEPT },
    [LEDGER]: { delivery: "stream", retention: KEPT },
    alerts: { delivery: "pubsub" },
    heard: { delivery: "stream", retention: KEPT },
    ticks: {},
    beats: { delivery: "stream" },
    asked: {},
    told: {},
  },
  nodes: {
    split: {
      type: "split",
      config: { path: "payload.lines" },
      inputs: { in: ["orders"] },
      outputs: { out: ["lines"] },
    },
    price: script(PRICE, "lines", "priced"),
    join: {
      type: "join",
      config: { path: "payload.lines" },
      inputs: { in: ["priced"] },
      outputs: { out: ["complete"] },
    },
    number: script(NUMBER, "complete", "invoices", "numbered"),
    route: {
      type: "switch",
      config: { path: "payload.total", rules: [{ port: "large", when: { ge: LARGE } }] },
      inputs: { in: ["numbered"] },
      outputs: { large: [LEDGER, "alerts"] },
    },
    heed: script(HEED, "alerts", "heard"),
    timer: {
      type: "timer",
      config: { every: "50ms", count: BEATS, payload: { beat: true } },
      outputs: { tick: ["ticks"] },
    },
    beat: script(BEAT, "ticks", "beats"),
    ask: {
      type: "http-in",
      config: { method: "GET", path: "/accounts/:customer" },
      outputs: { request: ["asked"] },
    },
    account: script(ACCOUNT, "asked", "told"),
    answer: { type: "http-response", inputs: { response: ["told"] } },
  },
};

export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly lines: readonly { readonly product: string; readonly count: number }[];
}

const PRODUCTS = ["tea", "coffee", "cup"] as const;
const CUSTOMERS = 24;
/** One of so many asks for what has no price. */
const DOOMED_EACH = 40;

/** The same orders each time. */
export function orders(count: number): Order[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    customer: `c${(id * 7) % CUSTOMERS}`,
    lines: [0, 1].map((line) => ({
      product: line === 1 && isDoomed(id) ? "gold" : (PRODUCTS[(id + line) % PRODUCTS.length] ?? "tea"),
      count: 1 + ((id * 5 + line) % 4),
    })),
  }));
}

export function isDoomed(id: number): boolean {
  return id % DOOMED_EACH === DOOMED_EACH - 1;
}

export function customers(): string[] {
  return Array.from({ length: CUSTOMERS }, (_, index) => `c${index}`);
}
