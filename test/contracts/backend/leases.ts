// Counter leases: taking is a compare-and-set, the epoch only grows, and nobody but the holder beats or releases.
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Backend, LeaseAddress, LeaseState } from "../../../engine/backend/backend.ts";
import type { Given } from "./suite.ts";

const NEVER: LeaseState = { owner: "", epoch: 0, beat: 0 };

function someLease(name = "part/0"): LeaseAddress {
  return { flow: `flow-${randomUUID()}`, name };
}

async function read(backend: Backend, lease: LeaseAddress): Promise<LeaseState> {
  const [state = NEVER] = await backend.leases.read([lease]);
  return state;
}

export function leaseContract({ shared }: Given): void {
  test("a lease that never was is nobody's", async () => {
    const leases = [someLease(), { flow: undefined, name: `member/${randomUUID()}` }];
    expect(await shared().leases.read(leases)).toEqual([NEVER, NEVER]);
    expect(await shared().leases.read([])).toEqual([]);
  });

  test("is taken when it is nobody's, whatever was seen", async () => {
    const backend = shared();
    const lease = someLease();
    const seen = { owner: "x", epoch: 7, beat: 7 };
    expect(await backend.leases.take(lease, "a", seen)).toEqual({ owner: "a", epoch: 1, beat: 0 });
    expect(await read(backend, lease)).toEqual({ owner: "a", epoch: 1, beat: 0 });
  });

  test("is taken from its holder only as it was seen", async () => {
    const backend = shared();
    const lease = someLease();
    await backend.leases.take(lease, "a", NEVER);
    const seen = await read(backend, lease);
    expect(await backend.leases.beat("a", [{ lease, epoch: 1 }])).toEqual([true]);
    expect(await backend.leases.take(lease, "b", seen)).toEqual({ owner: "a", epoch: 1, beat: 1 });
    expect(await backend.leases.take(lease, "b", { ...seen, beat: 1 })).toEqual({
      owner: "b",
      epoch: 2,
      beat: 0,
    });
    expect(await backend.leases.beat("a", [{ lease, epoch: 1 }])).toEqual([false]);
  });

  test("taking what one holds changes nothing, so it may be repeated", async () => {
    const backend = shared();
    const lease = someLease();
    await backend.leases.take(lease, "a", NEVER);
    await backend.leases.beat("a", [{ lease, epoch: 1 }]);
    const held = { owner: "a", epoch: 1, beat: 1 };
    expect(await backend.leases.take(lease, "a", NEVER)).toEqual(held);
    expect(await backend.leases.take(lease, "a", held)).toEqual(held);
  });

  test("beats for several leases at once, and says which are lost", async () => {
    const backend = shared();
    const [mine, other, never] = [someLease("a:{b}"), someLease(), someLease()];
    await backend.leases.take(mine, "a", NEVER);
    await backend.leases.take(other, "b", NEVER);
    const held = [mine, other, never, mine].map((lease, index) => ({ lease, epoch: index === 3 ? 2 : 1 }));
    expect(await backend.leases.beat("a", held)).toEqual([true, false, false, false]);
    expect(await backend.leases.read([mine, other, never])).toEqual([
      { owner: "a", epoch: 1, beat: 1 },
      { owner: "b", epoch: 1, beat: 0 },
      NEVER,
    ]);
  });

  test("keeps its epoch when it is released, and is released by its holder only", async () => {
    const backend = shared();
    const lease = someLease();
    await backend.leases.take(lease, "a", NEVER);
    await backend.leases.release("b", lease, 1);
    await backend.leases.release("a", lease, 2);
    expect((await read(backend, lease)).owner).toBe("a");
    await backend.leases.release("a", lease, 1);
    expect(await read(backend, lease)).toEqual({ owner: "", epoch: 1, beat: 0 });
    expect(await backend.leases.take(lease, "a", NEVER)).toEqual({ owner: "a", epoch: 2, beat: 0 });
  });

  test("is forgotten only as it was seen", async () => {
    const backend = shared();
    const lease = someLease();
    const taken = await backend.leases.take(lease, "a", NEVER);
    await backend.leases.beat("a", [{ lease, epoch: 1 }]);
    await backend.leases.forget(lease, taken);
    expect((await read(backend, lease)).owner).toBe("a");
    await backend.leases.forget(lease, { ...taken, beat: 1 });
    expect(await read(backend, lease)).toEqual(NEVER);
  });

  test("leases of the same name in different flows have nothing in common", async () => {
    const backend = shared();
    const [one, two] = [someLease("same"), someLease("same")];
    await backend.leases.take(one, "a", NEVER);
    expect(await backend.leases.take(two, "b", NEVER)).toEqual({ owner: "b", epoch: 1, beat: 0 });
  });

  test("one of many who take at once gets it", async () => {
    const backend = shared();
    const lease = someLease();
    const owners = Array.from({ length: 10 }, (_, index) => `engine-${index}`);
    const answers = await Promise.all(owners.map((owner) => backend.leases.take(lease, owner, NEVER)));
    const [first] = answers;
    expect(new Set(answers.map(({ owner }) => owner)).size).toBe(1);
    expect(await read(backend, lease)).toEqual(first);
    expect(first?.epoch).toBe(1);
  });

  test("does as its model says, whatever is asked in whatever order", async () => {
    const backend = shared();
    const owner = fc.constantFrom("a", "b", "c");
    const step = fc.oneof(
      // `fresh`: what was seen is how it stands; otherwise how it stood a while ago.
      fc.record({ kind: fc.constant("take" as const), owner, fresh: fc.boolean() }),
      fc.record({ kind: fc.constant("beat" as const), owner, epoch: fc.nat(3) }),
      fc.record({ kind: fc.constant("release" as const), owner, epoch: fc.nat(3) }),
      fc.record({ kind: fc.constant("forget" as const), fresh: fc.boolean() }),
      fc.record({ kind: fc.constant("look" as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const lease = someLease();
        const model = new Model();
        let seen = NEVER;
        for (const each of steps) {
          const given = "fresh" in each && each.fresh ? model.state : seen;
          switch (each.kind) {
            case "take":
              expect(await backend.leases.take(lease, each.owner, given)).toEqual(
                model.take(each.owner, given),
              );
              break;
            case "beat":
              expect(await backend.leases.beat(each.owner, [{ lease, epoch: each.epoch }])).toEqual([
                model.beat(each.owner, each.epoch),
              ]);
              break;
            case "release":
              await backend.leases.release(each.owner, lease, each.epoch);
              model.release(each.owner, each.epoch);
              break;
            case "forget":
              await backend.leases.forget(lease, given);
              model.forget(given);
              break;
            case "look":
              seen = await read(backend, lease);
              break;
          }
          expect(await read(backend, lease)).toEqual(model.state);
        }
      }),
      { numRuns: 60 },
    );
  });
}

/** A lease as leases.ts describes it. */
class Model {
  state: LeaseState = NEVER;

  take(owner: string, seen: LeaseState): LeaseState {
    const { state } = this;
    if (state.owner !== owner && (state.owner === "" || this.#stands(seen))) {
      this.state = { owner, epoch: state.epoch + 1, beat: 0 };
    }
    return this.state;
  }

  beat(owner: string, epoch: number): boolean {
    const held = this.#holds(owner, epoch);
    if (held) this.state = { ...this.state, beat: this.state.beat + 1 };
    return held;
  }

  release(owner: string, epoch: number): void {
    if (this.#holds(owner, epoch)) this.state = { owner: "", epoch, beat: 0 };
  }

  forget(seen: LeaseState): void {
    if (this.#stands(seen)) this.state = NEVER;
  }

  #holds(owner: string, epoch: number): boolean {
    return this.state.owner === owner && this.state.epoch === epoch;
  }

  #stands(seen: LeaseState): boolean {
    const { owner, epoch, beat } = this.state;
    return owner === seen.owner && epoch === seen.epoch && beat === seen.beat;
  }
}
