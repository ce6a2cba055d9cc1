// Measures a backend; no test. `node --conditions=millrace-source test/contracts/backend/rates.ts [redis://…]`:
// publishing alone, a durable hop (publish, read, commit with one output), and the latency of a lone message.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, StreamEntry } from "../../../engine/backend/backend.ts";
import { openBackend } from "../../../engine/backend/index.ts";
import { createLogger } from "../../../engine/base/logger.ts";
import { reader, settle, someTopic } from "./given.ts";

const BODY = Buffer.alloc(200, "x");
const signal = new AbortController().signal;

/** Keeps up to `most` promises under way. */
class Window {
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  async add(work: Promise<unknown>): Promise<void> {
    const tracked = work.finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
    if (this.#underWay.size >= this.#most) await Promise.race(this.#underWay);
  }

  async all(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}

async function publishAll(
  backend: Backend,
  stream: { flow: string; topic: string },
  count: number,
  batch: number,
) {
  const window = new Window(4);
  const bodies = Array.from({ length: batch }, () => BODY);
  for (let sequence = 0; sequence < count; sequence += batch) {
    await window.add(backend.streams.publish(stream, { id: "p", sequence }, bodies));
  }
  await window.all();
}

async function hop(backend: Backend, count: number, batch: number): Promise<void> {
  const stream = someTopic();
  const output = { ...stream, topic: "output" };
  const mine = reader(stream);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  await backend.streams.ensureGroup(output, "flow/next", "new");
  const publishing = publishAll(backend, stream, count, batch);
  const window = new Window(3);
  const commit = async (entries: readonly StreamEntry[]) => {
    const commits = entries.map(({ id, body = BODY }) =>
      settle(mine, id, [{ kind: "append", stream: output, body }]),
    );
    if ((await backend.streams.commit(commits)).includes(false)) throw new Error("A commit was not applied.");
  };
  for (let done = 0; done < count; ) {
    const entries = await backend.streams.read(mine, { count: batch, waitMs: 1000, signal });
    done += entries.length;
    await window.add(commit(entries));
  }
  await window.all();
  await publishing;
}

async function latencies(backend: Backend, count: number): Promise<number[]> {
  const stream = someTopic();
  const mine = reader(stream);
  await backend.streams.ensureGroup(stream, mine.group, "new");
  const measured: number[] = [];
  for (let sequence = 0; sequence < count; sequence++) {
    const reading = backend.streams
      .read(mine, { count: 10, waitMs: 5000, signal })
      .then((entries) => ({ entries, at: performance.now() }));
    await new Promise((resolve) => setTimeout(resolve, 3));
    const start = performance.now();
    await backend.streams.publish(stream, { id: "p", sequence }, [BODY]);
    const { entries, at } = await reading;
    measured.push(at - start);
    await backend.streams.commit(entries.map(({ id }) => settle(mine, id)));
  }
  return measured.sort((a, b) => a - b);
}

async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round((count / (performance.now() - start)) * 1000);
}

const folder = mkdtempSync(join(tmpdir(), "millrace-rates-"));
const logger = createLogger({ level: "warn", json: false, write: (text) => void process.stderr.write(text) });
const backend = await openBackend({
  redis: process.argv[2],
  namespace: "mr",
  engineId: "rates",
  folder,
  logger,
});
for (const [batch, count] of [
  [1, 10_000],
  [64, 128_000],
  [256, 256_000],
] as const) {
  const publish = await rate(count, () => publishAll(backend, someTopic(), count, batch));
  const cpu = process.cpuUsage();
  const durable = await rate(count, () => hop(backend, count, batch));
  const { user, system } = process.cpuUsage(cpu);
  const each = ((user + system) / count).toFixed(1);
  console.log(
    `${backend.kind} batch ${batch}: publish ${publish}/s, hop ${durable}/s, ${each} µs CPU of the engine a hop`,
  );
}
const lone = await latencies(backend, 300);
console.log(`${backend.kind} lone message: p50 ${lone[150]?.toFixed(2)} ms, p99 ${lone[297]?.toFixed(2)} ms`);
await backend[Symbol.asyncDispose]();
rmSync(folder, { recursive: true });
