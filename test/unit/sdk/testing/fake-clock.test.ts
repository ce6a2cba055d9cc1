// The fake clock: time turns by hand, in order, and nothing else moves it.
import { FAKE_START, FakeClock, MemoryState } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";

describe("FakeClock", () => {
  it("runs what is due in order of time, then of scheduling", async () => {
    const clock = new FakeClock();
    const ran: [string, number][] = [];
    const note = (name: string) => () => void ran.push([name, clock.monotonic()]);
    clock.schedule(20, note("late"));
    clock.schedule(10, note("first"));
    clock.schedule(10, note("second"));
    clock.schedule(10, note("cancelled")).cancel();
    await clock.advance(15);
    expect(ran).toEqual([
      ["first", 10],
      ["second", 10],
    ]);
    expect([clock.pending, clock.monotonic(), clock.now()]).toEqual([1, 15, FAKE_START + 15]);
  });

  it("runs timers that timers set, and lets promises settle in between", async () => {
    const clock = new FakeClock();
    const ran: number[] = [];
    const again = async () => {
      await Promise.resolve();
      ran.push(clock.monotonic());
      clock.schedule(10, () => void again());
    };
    clock.schedule(10, () => void again());
    await clock.advance(35);
    expect(ran).toEqual([10, 20, 30]);
  });

  it("sets the wall clock without moving time", async () => {
    const clock = new FakeClock(0);
    let ran = false;
    clock.schedule(10, () => {
      ran = true;
    });
    clock.jump(-5_000);
    expect([clock.now(), clock.monotonic(), ran]).toEqual([-5_000, 0, false]);
    await clock.advance(10);
    expect([clock.now(), ran]).toEqual([-4_990, true]);
  });
});

describe("MemoryState", () => {
  it("copies values in and out, by scope", async () => {
    const state = new MemoryState({ flow: { list: [1] }, node: { n: 1 } });
    const list = (await state.flow.get<number[]>("list")) ?? [];
    list.push(2);
    expect(await state.flow.get("list")).toEqual([1]);
    const when = new Date(5);
    await state.global.set("map", new Map([["when", when]]));
    expect(await state.global.get("map")).toEqual(new Map([["when", when]]));
    expect(await state.get("list")).toBeUndefined();
  });

  it("updates atomically, and deletes what becomes undefined", async () => {
    const state = new MemoryState({ node: { n: 1 } });
    await Promise.all([1, 2, 3].map(() => state.update<number>("n", (n = 0) => n + 1)));
    expect(await state.get("n")).toBe(4);
    expect(await state.update("n", () => undefined)).toBeUndefined();
    await state.set("x", 1);
    await state.delete("x");
    expect([state.entries.size]).toEqual([0]);
  });
});
