// Sharing out parts, whatever happens to the engines: no part has two holders whose effects would be accepted, and when
// it is quiet again all parts are held, evenly. Engines join, leave, die, and go on as zombies that know nothing of it.
import fc from "fast-check";
import { expect, test } from "vitest";
import { openEmbedded } from "../../../engine/backend/embedded/embedded.ts";
import type { Fence, LeaseStore } from "../../../engine/backend/leases.ts";
import { Sharing } from "../../../engine/cluster/sharing.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

const { logger } = quietLogger();
const PARTS = 5;

class Engine {
  readonly name: string;
  readonly sharing: Sharing;
  readonly held = new Map<number, Fence>();
  /** What it believes: a zombie believes that it lives. */
  trusted = true;
  #share: AsyncDisposable | undefined;

  constructor(name: string, world: World) {
    this.name = name;
    this.sharing = new Sharing({
      leases: world.leases,
      log: logger,
      handOverMs: 50,
      members: {
        consumer: () => name,
        isTrusted: () => this.trusted,
        participants: () =>
          world.living.has(name) ? [...world.living.keys()] : [...world.living.keys(), name],
        isGone: async (other) => !world.living.has(other),
        takePart: () => undefined,
        lookSoon: () => undefined,
      },
    });
  }

  join(): void {
    this.#share = this.sharing.share(
      { flow: "main", name: "parts", count: PARTS },
      {
        gained: (part, fence) => void this.held.set(part, fence),
        lost: async (part) => void this.held.delete(part),
      },
    );
  }

  async leave(): Promise<void> {
    this.held.clear();
    await this.#share?.[Symbol.asyncDispose]();
  }
}

class World {
  readonly leases: LeaseStore;
  readonly living = new Map<string, Engine>();
  readonly zombies: Engine[] = [];
  #count = 0;

  constructor(leases: LeaseStore) {
    this.leases = leases;
  }

  join(): void {
    if (this.living.size >= 4) return;
    const engine = new Engine(`engine-${++this.#count}:1`, this);
    this.living.set(engine.name, engine);
    engine.join();
  }

  pick(index: number): Engine | undefined {
    return [...this.living.values()][index % Math.max(1, this.living.size)];
  }

  /** Parts and who would be accepted for them: whose fence is of the lease's epoch. */
  async accepted(): Promise<string[][]> {
    const leases = Array.from({ length: PARTS }, (_, part) => ({
      flow: "main",
      name: `share/parts/${part}`,
    }));
    const states = await this.leases.read(leases);
    return states.map(({ epoch }, part) =>
      [...this.living.values(), ...this.zombies]
        .filter(({ held }) => held.get(part)?.epoch === epoch)
        .map(({ name }) => name),
    );
  }

  /** Everybody looks, and what that starts is done. */
  async look(): Promise<void> {
    for (const engine of [...this.living.values(), ...this.zombies]) engine.sharing.looked();
    for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant("join" as const) }),
  fc.record({ kind: fc.constantFrom("leave" as const, "die" as const, "wake" as const), which: fc.nat(3) }),
  fc.record({ kind: fc.constant("doubt" as const), which: fc.nat(3) }),
  fc.record({ kind: fc.constant("look" as const) }),
);

async function take(world: World, each: { kind: string; which?: number }): Promise<void> {
  const engine = world.pick(each.which ?? 0);
  switch (each.kind) {
    case "join":
      world.join();
      break;
    case "leave":
      if (!engine) break;
      world.living.delete(engine.name);
      await engine.leave();
      break;
    case "die": // and go on, without knowing
      if (!engine) break;
      world.living.delete(engine.name);
      world.zombies.push(engine);
      break;
    case "wake": {
      const zombie = world.zombies.pop();
      if (!zombie) break;
      zombie.trusted = false;
      zombie.sharing.suspend();
      break;
    }
    case "doubt":
      if (!engine) break;
      engine.trusted = !engine.trusted;
      if (!engine.trusted) engine.sharing.suspend();
      break;
    case "look":
      await world.look();
      break;
  }
}

test("no part ever has two holders that are accepted, and all are held evenly in the end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await using backend = await openEmbedded({ folder: ":memory:", logger });
      const world = new World(backend.leases);
      world.join();
      for (const each of steps) {
        await take(world, each);
        for (const holders of await world.accepted()) expect(holders.length).toBeLessThanOrEqual(1);
      }
      for (const zombie of world.zombies.splice(0)) zombie.trusted = false;
      for (const engine of world.living.values()) engine.trusted = true;
      if (world.living.size === 0) world.join();
      for (let round = 0; round < 15; round++) await world.look();
      const accepted = await world.accepted();
      const sizes = [...world.living.values()].map(({ held }) => held.size);
      expect(accepted.map((holders) => holders.length)).toEqual(Array(PARTS).fill(1));
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 150 },
  );
});
