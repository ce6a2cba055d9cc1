// The same flow and the same input on one engine, on three engines with a Redis, and on three with a Redis Cluster of
// six nodes: the same output. On those with three, again with one engine killed in the middle.
import type { TopicDetail } from "../../../engine/admin/api.ts";
import {
  BEATS,
  customers,
  EVERYWHERE,
  isDoomed,
  LEDGER,
  type Order,
  orders,
} from "../../support/fault/everywhere-flow.ts";
import { entriesByApi } from "../../support/fault/outcome.ts";
import { differences, type Output } from "../../support/fault/output.ts";
import { sleep } from "../../support/fault/trial.ts";
import { World, type WorldName } from "../../support/fault/world.ts";
import { type Report, report, type SuiteOptions, together } from "./report.ts";

const BATCH = 50;
const LOOK_EVERY_MS = 100;
/** Looks in a row that must see the same before it counts as the end. */
const CALM_LOOKS = 5;
const STALL_MS = 30_000;
const KILLED = "three";
/** Longer than a lease: others take over what it had. */
const AWAY_MS = 3_000;

/** What another output than that of the embedded engine is made of counts as lost, invented, out of order … */
export async function everywhere(
  options: SuiteOptions & { readonly messages: number; readonly worlds?: readonly WorldName[] },
): Promise<Report> {
  const { mutant, messages, worlds = ["redis", "redis-cluster"] } = options;
  const input = orders(messages);
  const { output: wanted } = await outputOf("embedded", input);
  const reports = [reportOf(input, wanted, wanted, { "ways to run": 1 })];
  for (const world of worlds) {
    for (const kills of [0, 1]) {
      const { output, takenOver } = await outputOf(world, input, { kills, mutant });
      reports.push(reportOf(input, wanted, output, { "ways to run": 1, kills, "taken over": takenOver }));
    }
  }
  return together(reports);
}

/** Beside the comparison: each order has an invoice, or is a dead letter. */
function reportOf(
  input: readonly Order[],
  wanted: Output,
  output: Output,
  counts: Readonly<Record<string, number>>,
): Report {
  const settled = new Set([
    ...output.invoices.map((payload) => (payload as Order).id),
    ...output.dead.map((payload) => -1 - (payload as Order).id),
  ]);
  const missing = input.filter(({ id }) => !settled.has(isDoomed(id) ? -1 - id : id)).length;
  const verdict = differences(wanted, output);
  const done = report({ published: input.length, verdict }, counts);
  return { ...done, faults: done.faults + verdict.outOfOrder + missing };
}

async function outputOf(
  name: WorldName,
  input: readonly Order[],
  options: { kills?: number; mutant?: SuiteOptions["mutant"] } = {},
): Promise<{ output: Output; takenOver: number }> {
  const { kills = 0, mutant } = options;
  await using world = await World.open(name, EVERYWHERE, mutant);
  for (const engine of world.names) await world.start(engine);
  // A tick that is under way to memory when its engine is killed is gone: memory topics promise no more.
  while ((await payloads(world, "beats")).length < BEATS) await sleep(LOOK_EVERY_MS);
  const half = Math.floor(input.length / 2 / BATCH) * BATCH;
  await publish(world, input.slice(0, half));
  if (kills > 0) await world.kill(KILLED);
  await publish(world, input.slice(half));
  if (kills > 0) {
    await sleep(AWAY_MS);
    await world.start(KILLED);
  }
  await calm(world, mutant ? 3_000 : STALL_MS);
  return { output: await read(world), takenOver: await takenOver(world) };
}

/** In order, and never to the engine that is killed: what goes in is the same everywhere. */
async function publish(world: World, input: readonly Order[]): Promise<void> {
  const engine = world.engine("one");
  for (let from = 0; from < input.length; from += BATCH) {
    const messages = input.slice(from, from + BATCH).map((payload) => ({ payload }));
    await engine.api("POST", "/api/flows/main/topics/orders/messages", { messages });
  }
}

/** Resolves when nothing waits and the state stands still, or when for so long nothing has moved. */
async function calm(world: World, stallMs: number): Promise<void> {
  let last = "";
  let since = performance.now();
  for (let looks = 0; looks < CALM_LOOKS; looks++) {
    await sleep(LOOK_EVERY_MS);
    const { groups } = await topic(world, "orders");
    const text = JSON.stringify([groups, (await topic(world, "heard")).length, await accounts(world)]);
    if (text !== last) since = performance.now();
    if (performance.now() - since > stallMs) return;
    if (text !== last || groups.some(({ waiting }) => waiting > 0)) looks = -1;
    last = text;
  }
}

async function read(world: World): Promise<Output> {
  return {
    invoices: await payloads(world, "invoices"),
    ledger: await payloads(world, LEDGER),
    dead: await payloads(world, "orders.dead"),
    beats: await payloads(world, "beats"),
    heard: distinct(await payloads(world, "heard")),
    accounts: await accounts(world),
  };
}

async function payloads(world: World, name: string): Promise<unknown[]> {
  return (await entriesByApi(world.engine("one"), encodeURIComponent(name))).map(({ payload }) => payload);
}

function distinct(all: readonly unknown[]): unknown[] {
  return [...new Map(all.map((payload) => [JSON.stringify(payload), payload])).values()];
}

function topic(world: World, name: string): Promise<TopicDetail> {
  return world.engine("one").api<TopicDetail>("GET", `/api/flows/main/topics/${name}`);
}

/** The state of each customer, as the flow's own endpoint tells it. */
async function accounts(world: World): Promise<Record<string, unknown>> {
  const { endpointsUrl } = world.engine("one");
  const told = await Promise.all(
    customers().map(async (customer) => {
      const response = await fetch(`${endpointsUrl}/accounts/${customer}`);
      return [customer, await response.json()] as const;
    }),
  );
  return Object.fromEntries(told);
}

/** Messages that engines got of one that is gone. */
async function takenOver(world: World): Promise<number> {
  let sum = 0;
  for (const engine of world.engines) {
    const { handled } = await engine.api<TopicDetail>("GET", "/api/flows/main/topics/orders");
    for (const { claimed } of handled) sum += claimed;
  }
  return sum;
}
