// Divided topics: order per key, whoever reads, whatever fails.
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Backend, Fence } from "../../../engine/backend/backend.ts";
import type { Ownership, PartHolder, Shared } from "../../../engine/cluster/ownership.ts";
import { collector, driver, type FlowRunner, flowRunner, worker } from "../../support/flow-runner.ts";
import { line, lineFlow, STREAM } from "./line.ts";

const PARTITIONS = 4;
const TOPIC = { delivery: "stream", partitions: PARTITIONS, key: "/key" } as const;
const RETRY = { attempts: 5, backoff: "5ms..10ms" };

interface Item {
  readonly key: string;
  readonly number: number;
}

function items(count: number, keys = 7): Item[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `key ${index % keys}`,
    number: Math.floor(index / keys),
  }));
}

/** The numbers that came for each key, in the order in which they came. */
function byKey(payloads: readonly unknown[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { key, number } of payloads as Item[]) found.set(key, [...(found.get(key) ?? []), number]);
  return found;
}

function inOrder(payloads: readonly unknown[]): boolean {
  return [...byKey(payloads).values()].every((numbers) => numbers.every((number, index) => number === index));
}

/** Parts that a test moves from one engine to another, as the cluster does: with a lease, and a hand-over or none. */
class Parts {
  readonly #backend: Backend;
  readonly #holders = new Map<string, { holder: PartHolder; what: Shared }>();
  readonly #owners = new Map<number, string>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  of(engine: string): Ownership {
    return {
      share: (what, holder) => {
        this.#holders.set(engine, { holder, what });
        return { [Symbol.asyncDispose]: async () => void this.#holders.delete(engine) };
      },
      holderOf: async (_, part) => this.#owners.get(part),
      isCertain: () => true,
    };
  }

  async give(part: number, engine: string, options: { dead?: boolean } = {}): Promise<void> {
    const before = this.#holders.get(this.#owners.get(part) ?? "");
    const planned = options.dead ? undefined : before?.holder.lost(part, new AbortController().signal);
    await planned;
    const fence = await this.#fence(part, engine);
    this.#owners.set(part, engine);
    this.#holders.get(engine)?.holder.gained(part, fence);
    if (options.dead) await before?.holder.lost(part, AbortSignal.abort());
  }

  async #fence(part: number, engine: string): Promise<Fence> {
    const { flow = "", name = "" } = this.#holders.get(engine)?.what ?? {};
    const lease = { flow, name: `${name}/${part}` };
    const [seen] = await this.#backend.leases.read([lease]);
    if (!seen) throw new Error("No answer about the lease.");
    const { epoch } = await this.#backend.leases.take(lease, `${engine}:${seen.epoch}`, seen);
    return { lease, epoch };
  }
}

function flowOf(retry = RETRY) {
  const flow = lineFlow({ ...TOPIC, retry });
  return { ...flow, topics: { ...flow.topics, "input.dead": STREAM } };
}

export function partitionContract(open: () => Promise<Backend>): void {
  test("keeps the order of each key, though handling takes its time and goes on side by side", async () => {
    const work = worker(
      "work",
      async (message, context) => {
        await pause(Math.random() * 4);
        await context.emit("out", message.payload);
      },
      { concurrency: 20 },
    );
    await using flow = await line(open, work, flowOf());
    await Promise.all(items(350).map((item) => flow.source.emit(item)));
    await flow.sink.got(350);
    expect([flow.sink.messages.length, inOrder(await outputOf(flow))]).toEqual([350, true]);
    const { length, groups } = await flow.stream("input").info();
    expect([length, groups.length]).toEqual([350, 1]);
  });

  test("keeps it when messages fail: those behind wait, and take effect once", async () => {
    const failed = new Set<string>();
    const work = worker("work", async (message, context) => {
      const item = message.payload as Item;
      const name = `${item.key} ${item.number}`;
      await context.state.update<number>("count", (before = 0) => before + 1);
      await context.emit("out", item);
      if (item.number % 5 === 3 && !failed.has(name)) {
        failed.add(name);
        throw new Error("not yet");
      }
    });
    await using flow = await line(open, work, flowOf());
    await Promise.all(items(140).map((item) => flow.source.emit(item)));
    await flow.sink.got(140);
    await flow.settled("input", "output");
    expect(failed.size).toBeGreaterThan(20);
    expect([flow.sink.messages.length, inOrder(await outputOf(flow))]).toEqual([140, true]);
  });

  test("goes on behind a message that is given up", async () => {
    const work = worker("work", (message, context) => {
      if ((message.payload as Item).number === 4) throw new Error("never");
      return context.emit("out", message.payload);
    });
    await using flow = await line(open, work, flowOf({ attempts: 2, backoff: "1ms..2ms" }));
    await Promise.all(items(70).map((item) => flow.source.emit(item)));
    await flow.sink.got(63);
    const numbers = [...byKey(await outputOf(flow)).values()];
    expect(numbers).toEqual(Array.from({ length: 7 }, () => [0, 1, 2, 3, 5, 6, 7, 8, 9]));
    expect((await flow.stream("input.dead").info()).length).toBe(7);
  });

  test.each(["handed over", "lost"] as const)(
    "keeps it while parts are %s from engine to engine",
    async (way) => {
      await using backend = await open();
      const [source, sink] = [driver(), collector()];
      const work = worker(
        "work",
        async (message, context) => {
          await pause(Math.random() * 2);
          if (Math.random() < 0.02) throw new Error("sometimes");
          await context.emit("out", message.payload);
        },
        { concurrency: 8 },
      );
      const parts = new Parts(backend);
      const definitions = [source.definition, sink.definition, work];
      const engines = ["one", "two"].map((engineId) =>
        flowRunner({ backend, definitions, engineId, ownership: parts.of(engineId) }),
      );
      await using one = engines[0];
      await using two = engines[1];
      await one?.deploy(flowOf());
      await two?.deploy(flowOf());
      for (let part = 0; part < PARTITIONS; part++) await parts.give(part, "one");
      const emitting = Promise.all(items(420).map((item) => source.emit(item)));
      for (let move = 0; move < 2 * PARTITIONS; move++) {
        await pause(10);
        await parts.give(move % PARTITIONS, move % 8 < 4 ? "two" : "one", { dead: way === "lost" });
      }
      await emitting;
      await sink.got(420);
      await one?.settled("input", "output");
      const output = one ? await outputOf(one) : [];
      expect([output.length, inOrder(output)]).toEqual([420, true]);
    },
  );
}

/** What came out, in the order in which it was committed. */
async function outputOf(flow: FlowRunner): Promise<unknown[]> {
  const output = flow.stream("output");
  const { entries } = await output.range({ from: "0", limit: 10_000 });
  return entries.map(({ body }) => output.codec.decode(body ?? new Uint8Array()).payload);
}
