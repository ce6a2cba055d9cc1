// Random commands against a model of a stream with one group: publish and publish again, read, commit what is one's own
// and what is not, claim after an engine's end, trim. Both backends must do what the model does.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { openEmbedded } from "../../../engine/backend/index.ts";
import { openRedis } from "../../../engine/backend/redis/redis.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { all, bodies, bytes, pendingOf, reader, readNow, someTopic } from "../backend/given.ts";
import { StreamModel } from "./stream-model.ts";

const GROUP = "flow/node";
const engine = fc.nat({ max: 2 });
const count = fc.integer({ min: 1, max: 4 });
const pick = fc.nat();

const command = fc.oneof(
  fc.record({ kind: fc.constant("publish" as const), producer: fc.nat({ max: 1 }), count }),
  fc.record({ kind: fc.constant("publish again" as const), producer: fc.nat({ max: 1 }) }),
  fc.record({ kind: fc.constant("read" as const), engine, count }),
  fc.record({
    kind: fc.constant("commit" as const),
    engine,
    picks: fc.array(pick, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("restart and claim" as const), engine, count }),
  fc.record({ kind: fc.constant("trim" as const), keep: fc.nat({ max: 8 }) }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** One run: what was said so far, beside the model. */
class Run {
  readonly model = new StreamModel();
  readonly stream = someTopic();
  readonly output = { ...this.stream, topic: "output" };
  readonly #backend: Backend;
  readonly #boots = [1, 1, 1];
  readonly #published = new Map<string, { sequence: number; bodies: string[] }>();
  /** Every entry that was ever handed out: body and id. */
  readonly #seen = new Map<string, string>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async does(command: Command): Promise<void> {
    const { streams } = this.#backend;
    switch (command.kind) {
      case "publish": {
        const producer = `p${command.producer}`;
        const last = this.#published.get(producer);
        const sequence = last ? last.sequence + last.bodies.length : 0;
        const named = Array.from({ length: command.count }, (_, index) => `${producer}-${sequence + index}`);
        this.#published.set(producer, { sequence, bodies: named });
        await this.#publish(producer, sequence, named);
        return;
      }
      case "publish again": {
        const producer = `p${command.producer}`;
        const last = this.#published.get(producer);
        if (last) await this.#publish(producer, last.sequence, last.bodies);
        return;
      }
      case "read": {
        const consumer = this.#consumer(command.engine);
        const entries = await readNow(this.#backend, reader(this.stream, consumer, GROUP), command.count);
        this.#remember(entries);
        expect(bodies(entries)).toEqual(this.model.read(consumer, command.count));
        return;
      }
      case "commit": {
        const known = [...this.#seen];
        const chosen = new Set(
          command.picks.flatMap((at) => (known.length ? [known[at % known.length]] : [])),
        );
        const inputs = [...chosen].flatMap((each) => (each ? [{ body: each[0], id: each[1] }] : []));
        if (inputs.length === 0) return;
        const consumer = this.#consumer(command.engine);
        const effect = `${consumer}: ${inputs.map(({ body }) => body).join(" ")}`;
        const subscription = reader(this.stream, consumer, GROUP);
        const [applied] = await streams.commit([
          {
            inputs: inputs.map(({ id }) => ({ subscription, id })),
            effects: [{ kind: "append", stream: this.output, body: bytes(effect) }],
          },
        ]);
        expect(applied).toBe(
          this.model.commit(
            inputs.map(({ body }) => ({ consumer, body })),
            effect,
          ),
        );
        return;
      }
      case "restart and claim": {
        this.#boots[command.engine] = (this.#boots[command.engine] ?? 0) + 1;
        const consumer = this.#consumer(command.engine);
        const prefix = `e${command.engine}:`;
        const claimable = this.model.claimable(consumer, prefix);
        const entries = await streams.claim(reader(this.stream, consumer, GROUP), prefix, command.count);
        this.#remember(entries);
        const taken = bodies(entries).map(String);
        expect(taken).toHaveLength(Math.min(command.count, claimable.length));
        expect(claimable).toEqual(expect.arrayContaining(taken));
        this.model.claimed(consumer, taken);
        return;
      }
      case "trim":
        await streams.trim(this.stream, { messages: command.keep });
        this.model.trim(command.keep);
    }
  }

  /** Everything that can be seen from outside. */
  async agrees(): Promise<void> {
    const { groups } = await this.#backend.streams.info(this.stream);
    const [group] = groups;
    expect({ lag: group?.lag, pending: group?.pending }).toEqual(this.model.waiting);
    expect(await all(this.#backend, this.stream)).toEqual(this.model.bodies);
    expect(await all(this.#backend, this.output)).toEqual(this.model.output);
    for (const index of this.#boots.keys()) {
      const consumer = this.#consumer(index);
      const held = await pendingOf(this.#backend, reader(this.stream, consumer, GROUP));
      expect(bodies(held)).toEqual(this.model.heldBy(consumer));
    }
  }

  async #publish(producer: string, sequence: number, named: readonly string[]): Promise<void> {
    const { ids } = await this.#backend.streams.publish(
      this.stream,
      { id: producer, sequence },
      named.map(bytes),
    );
    const taken = this.model.publish(producer, sequence, named);
    expect(named.filter((_, index) => ids[index] !== undefined)).toEqual(taken);
  }

  #consumer(index: number): string {
    return `e${index}:${this.#boots[index]}`;
  }

  #remember(entries: readonly { id: string; body: Uint8Array | undefined }[]): void {
    for (const { id, body } of entries) this.#seen.set(Buffer.from(body ?? []).toString(), id);
  }
}

let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const backends = {
  embedded: () => openEmbedded({ folder: ":memory:", logger: quietLogger().logger }),
  redis: () =>
    openRedis({ url: server.url, namespace: "mr", engineId: "test", logger: quietLogger().logger }),
};

describe.each(["embedded", "redis"] as const)("a stream on the %s backend", (name) => {
  test("does what the model does, whatever is asked of it", async () => {
    await using backend = await backends[name]();
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
        const run = new Run(backend);
        await backend.streams.ensureGroup(run.stream, GROUP, "new");
        for (const each of commands) await run.does(each);
        await run.agrees();
      }),
      { numRuns: 150 },
    );
  });
});
