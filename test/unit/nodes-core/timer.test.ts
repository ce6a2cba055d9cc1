// The timer ticks when it should, once, on time, and remembers over a restart.
import {
  FAKE_START,
  FakeClock,
  MemoryState,
  type NextCron,
  type TestNodeOptions,
  testNode,
} from "@millrace/sdk/testing";
import { Cron } from "croner";
import { describe, expect, it } from "vitest";
import timer from "../../../nodes/core/timer.ts";

const nextCron: NextCron = (expression, { timezone, from, count = 1 }) =>
  new Cron(expression, timezone ? { timezone } : {}).nextRuns(count, from);

const start = (config: unknown, options: TestNodeOptions = {}) =>
  testNode(timer, { nextCron, ...options, config });

describe("timer every", () => {
  it("ticks first after one interval, then at each", async () => {
    await using node = await start({ every: "1s" });
    await node.clock.advance(999);
    expect(node.payloads("tick")).toEqual([]);
    await node.clock.advance(2_001);
    expect(node.payloads("tick")).toEqual([1, 2, 3].map((n) => ({ time: FAKE_START + n * 1_000 })));
  });

  it("ticks at the start too when asked, and after a start delay", async () => {
    await using node = await start({ every: "1s", immediately: true, startDelay: "10s", payload: 1 });
    await node.clock.advance(9_999);
    expect(node.payloads("tick")).toEqual([]);
    await node.clock.advance(1);
    expect(node.payloads("tick")).toEqual([1]);
    await node.clock.advance(1_000);
    expect(node.payloads("tick")).toEqual([1, 1]);
  });

  it("does not heed a wall clock that is set back", async () => {
    await using node = await start({ every: "1s", payload: 1 });
    await node.clock.advance(1_000);
    node.clock.jump(-3_600_000);
    await node.clock.advance(2_000);
    expect(node.payloads("tick")).toHaveLength(3);
  });

  it("stops after its count, and stays stopped over a restart, until it is changed", async () => {
    const world = { state: new MemoryState(), clock: new FakeClock() };
    const first = await start({ every: "1s", count: 3 }, world);
    await world.clock.advance(2_000);
    await first.close();
    const second = await start({ every: "1s", count: 3 }, world);
    await world.clock.advance(10_000);
    expect([first.payloads("tick").length, second.payloads("tick").length]).toEqual([2, 1]);
    expect(second.status).toEqual({ text: "done", level: "idle" });
    await second.close();
    await using third = await start({ every: "2s", count: 3 }, world);
    await world.clock.advance(2_000);
    expect(third.payloads("tick")).toHaveLength(1);
  });

  it("makes up for missed intervals, keeps their beat, and not twice", async () => {
    const world = { state: new MemoryState(), clock: new FakeClock() };
    const config = { every: "10s", missed: "all", payload: 1 };
    const runs: number[] = [];
    for (const wait of [15_000, 25_000, 0, 9_999]) {
      const node = await start(config, world);
      await world.clock.advance(wait);
      runs.push(node.payloads("tick").length);
      await node.close();
    }
    expect(runs).toEqual([1, 3, 0, 0]);
    const node = await start(config, world);
    await world.clock.advance(1);
    expect(node.payloads("tick")).toHaveLength(1);
    await node.close();
    await world.clock.advance(100_000_000);
    await using late = await start({ ...config, missed: "once" }, world);
    await world.clock.advance(0);
    expect(late.payloads("tick")).toHaveLength(1);
  });

  it("tells the time on the wall, also after it was set", async () => {
    await using node = await start({ every: "1s" });
    node.clock.jump(3_600_000);
    await node.clock.advance(1_000);
    expect(node.payloads("tick")).toEqual([{ time: FAKE_START + 3_601_000 }]);
  });

  it("adds a random time of at most the jitter", async () => {
    await using node = await start({ every: "10s", jitter: "1s" });
    await node.clock.advance(9_999);
    expect(node.payloads("tick")).toEqual([]);
    await node.clock.advance(1_001);
    expect(node.payloads("tick")).toHaveLength(1);
  });
});

describe("timer at", () => {
  it("ticks once, in its time zone, and never again after a restart", async () => {
    const world = { state: new MemoryState(), clock: new FakeClock() };
    const config = { at: "2030-01-01T03:00", timezone: "Europe/Berlin", missed: "all" };
    const first = await start(config, world);
    expect(first.status).toEqual({ text: "next 2030-01-01T02:00:00.000Z", level: "ok" });
    await world.clock.advance(3 * 3_600_000);
    expect(first.payloads("tick")).toEqual([{ time: Date.UTC(2030, 0, 1, 2) }]);
    await first.close();
    await using second = await start(config, world);
    await world.clock.advance(3_600_000);
    expect(second.payloads("tick")).toEqual([]);
    expect(second.status.text).toBe("done");
  });
});

describe("timer cron", () => {
  it("ticks by the expression in the time zone", async () => {
    await using node = await start({ cron: "0 30 9 * * *", timezone: "Asia/Shanghai", payload: "x" });
    await node.clock.advance(90 * 60_000 - 1);
    expect(node.payloads("tick")).toEqual([]);
    await node.clock.advance(1);
    expect(node.payloads("tick")).toEqual(["x"]);
  });

  it.each([
    ["skip", []],
    ["once", [3]],
    ["all", [1, 2, 3]],
  ])("makes up for ticks that were due while it did not run: %s", async (missed, hours) => {
    const world = { state: new MemoryState(), clock: new FakeClock() };
    const config = { cron: "0 * * * *", timezone: "UTC", missed };
    await (await start(config, world)).close();
    await world.clock.advance(3.5 * 3_600_000);
    await using node = await start(config, world);
    await world.clock.advance(0);
    expect(node.payloads("tick")).toEqual(hours.map((hour) => ({ time: FAKE_START + hour * 3_600_000 })));
  });

  it.each([
    ["skip", [1, 5]],
    ["once", [4, 5]],
    ["all", [1, 2, 3, 4, 5]],
  ])("makes up for ticks that were due while code blocked the loop: %s", async (missed, hours) => {
    await using node = await start({ cron: "0 * * * *", timezone: "UTC", missed });
    await node.clock.advance(0);
    node.clock.block(4.5 * 3_600_000);
    await node.clock.advance(3_600_000);
    expect(node.payloads("tick")).toEqual(hours.map((hour) => ({ time: FAKE_START + hour * 3_600_000 })));
  });

  it("takes a clock that was set forward for no missed ticks while it runs", async () => {
    await using node = await start({ cron: "0 * * * *", timezone: "UTC", missed: "all" });
    await node.clock.advance(0);
    node.clock.jump(4.5 * 3_600_000);
    await node.clock.advance(3_600_000);
    expect(node.payloads("tick")).toHaveLength(2);
  });

  it("makes up also for what becomes due while it makes up for the rest", async () => {
    const world = { state: new MemoryState(), clock: new FakeClock() };
    const config = { cron: "0 * * * *", timezone: "UTC", missed: "all" };
    await (await start(config, world)).close();
    await world.clock.advance(3.5 * 3_600_000);
    const takesHalfAnHour = () =>
      new Promise<void>((resolve) => void world.clock.schedule(30 * 60_000, resolve));
    await using node = await start(config, { ...world, accept: takesHalfAnHour });
    await world.clock.advance(6 * 3_600_000);
    expect(node.payloads("tick")).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((hour) => ({ time: FAKE_START + hour * 3_600_000 })),
    );
  });

  it("has remembered a tick before it is sent: after a crash it goes again to those only who can tell", async () => {
    const world = { state: new MemoryState(), clock: new FakeClock() };
    const config = { cron: "0 * * * *", timezone: "UTC", missed: "all" };
    const crashing = await start(config, { ...world, accept: () => new Promise<void>(() => undefined) });
    await world.clock.advance(3_600_000);
    expect(await world.state.get("timer")).toMatchObject({ lastDue: FAKE_START + 3_600_000, ticks: 1 });
    await crashing.close();
    const node = await start(config, world);
    await world.clock.advance(3_600_000);
    const dues = [1, 2].map((hour) => ({ time: FAKE_START + hour * 3_600_000 }));
    expect(node.payloads("tick")).toEqual(dues);
    const series = expect.any(String);
    expect(node.emitted.map(({ once }) => once)).toEqual([
      { series, number: 1, again: true },
      { series, number: 2 },
    ]);
    await node.close();
    await using calm = await start(config, world);
    await world.clock.advance(0);
    expect(calm.payloads("tick")).toEqual([]);
  });

  it("leaves out what is due outside of its active window", async () => {
    const activeWindow = { from: "22:00", to: "02:00", days: ["tue"] };
    await using node = await start({ cron: "0 * * * *", timezone: "UTC", activeWindow });
    await node.clock.advance(72 * 3_600_000);
    const hours = node
      .payloads("tick")
      .map((tick) => new Date(Reflect.get(Object(tick), "time")).toISOString());
    expect(hours.map((hour) => hour.slice(8, 13))).toEqual(["01T22", "01T23", "02T00", "02T01"]);
  });
});

describe("timer overlap", () => {
  it.each([
    ["skip", 1, 2],
    ["queue", 1, 4],
    ["parallel", 3, 4],
  ])("while a tick is not taken yet: %s", async (overlap, together, sent) => {
    let waiting: (() => void)[] = [];
    let most = 0;
    let full = true;
    await using node = await start(
      { every: "1s", overlap },
      {
        accept() {
          if (!full) return undefined;
          const { promise, resolve } = Promise.withResolvers<void>();
          waiting.push(resolve);
          most = Math.max(most, waiting.length);
          return promise;
        },
      },
    );
    await node.clock.advance(3_000);
    full = false;
    for (const resolve of waiting) resolve();
    waiting = [];
    await node.clock.advance(1_000);
    expect([most, node.payloads("tick").length]).toEqual([together, sent]);
  });

  it("keeps the last 20 runs, and is unhealthy while the last one failed", async () => {
    let refuse = false;
    await using node = await start(
      { every: "1s" },
      {
        accept() {
          if (refuse) throw new Error("The topic is full.");
        },
      },
    );
    await node.clock.advance(25_000);
    refuse = true;
    await node.clock.advance(2_000);
    const kept = await node.state.get<{ runs: { status: string; due: number }[] }>("timer");
    expect(kept?.runs).toHaveLength(20);
    expect(kept?.runs.at(-1)).toMatchObject({
      status: "failed",
      error: "The topic is full.",
      due: FAKE_START + 26_000,
    });
    expect(await node.health()).toEqual({ healthy: false, text: "The topic is full." });
    expect(node.status.level).toBe("error");
    refuse = false;
    await node.clock.advance(1_000);
    expect(await node.health()).toEqual({ healthy: true });
  });
});

describe("timer payload and button", () => {
  it("has no times of its own without a schedule: only the button", async () => {
    await using node = await start({ payload: { a: 1 }, attributes: { by: "hand" } });
    await node.clock.advance(86_400_000);
    expect(node.emitted).toEqual([]);
    await node.fire();
    await node.fire("other");
    expect(node.payloads("tick")).toEqual([{ a: 1 }, "other"]);
    expect(node.outputs.tick?.[0]).toMatchObject({ attributes: { by: "hand" }, from: [] });
  });

  it.each([
    ["now", FAKE_START],
    ["now.iso", "2030-01-01T00:00:00.000Z"],
    ["env.HOME_TOWN", "Ulm"],
    ["flow.limits.max", 9],
  ])("reads the payload from %s", async (payloadFrom, expected) => {
    const state = { flow: { limits: { max: 9 } } };
    await using node = await start({ payloadFrom }, { env: { HOME_TOWN: "Ulm" }, state });
    await node.fire();
    expect(node.payloads("tick")).toEqual([expected]);
  });
});
