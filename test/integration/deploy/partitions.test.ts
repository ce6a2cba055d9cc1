// A topic that is divided anew: only when the streams that it had have drained.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyNodeDefinition } from "@millrace/sdk";
import { expect, onTestFinished, test } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { pointer } from "../../../engine/flow/index.ts";
import { eventually } from "../../support/eventually.ts";
import { collector } from "../../support/flow-runner.ts";
import { temporaryFolder } from "../../support/package-folder.ts";
import { onBothBackends } from "./backends.ts";
import { FOR_EVER, keeper, station, waitingIn } from "./given.ts";

const JOBS = { flow: "main", topic: "jobs" };
const STREAM = { delivery: "stream", ...FOR_EVER } as const;
const keep = { type: "keeper", inputs: { in: ["jobs"] } };
const sink = { type: "collector", inputs: { in: ["jobs"] } };
/** Undivided for 1, as it is written mostly. */
const jobs = (partitions: number) => ({
  jobs: partitions === 1 ? STREAM : { ...STREAM, partitions, key: "/id" },
});
const ids = (...all: string[]) => all.map((id) => ({ id }));

async function drained(backend: Backend, partitions: readonly (number | undefined)[]): Promise<void> {
  await eventually(async () => {
    const each = await Promise.all(
      partitions.map((partition) =>
        waitingIn(backend, partition === undefined ? JOBS : { ...JOBS, partition }),
      ),
    );
    return each.every((groups) => Object.values(groups).every((waiting) => waiting === 0));
  });
}

onBothBackends("a deploy that changes how often a topic is divided", (open) => {
  test.each([
    [1, 4],
    [4, 1],
    [2, 4],
    [4, 2],
  ])("from %i to %i is refused with its place while messages wait, and nothing changes", async (from, to) => {
    const backend = await open();
    const engine = await station({ backend, definitions: [keeper()] });
    await engine.deploy({ topics: jobs(from), nodes: { keep } });
    await engine.publish("jobs", ...ids("a", "b", "c", "d", "e"));
    const refused = await engine
      .deploy({ topics: jobs(to), nodes: { keep } })
      .catch((error: { code: string; details: { problems: object[] } }) => error);
    const steps = ["topics", "jobs", ...(to === 1 ? [] : ["partitions"])];
    const bundle = { flow: { topics: jobs(to), nodes: { keep } }, layout: {}, files: {} };
    const checked = await engine.deployer.validate(bundle);
    const message = expect.stringContaining(
      `from ${from} to ${to} partitions yet: 5 messages wait there for "keep"`,
    );
    expect(refused).toMatchObject({
      code: "deploy/invalid-flow",
      details: {
        problems: expect.arrayContaining([
          expect.objectContaining({
            severity: "error",
            code: "deploy/partitions-in-use",
            path: pointer(...steps),
            message,
          }),
        ]),
      },
    });
    expect(checked.map(({ code }) => code)).toContain("deploy/partitions-in-use");
    expect(engine.deployer.revision).toBe(1);
    expect(engine.topic("jobs").addresses).toHaveLength(from);
  });

  test("is taken when all is settled, there and back; nothing is handled twice or left", async () => {
    const backend = await open();
    const all = collector();
    const engine = await station({ backend, definitions: [all.definition] });
    const parts = (count: number) => (count === 1 ? [undefined] : Array.from({ length: count }, (_, n) => n));
    let sent = 0;
    for (const count of [1, 3, 2, 1]) {
      await engine.deploy({ topics: jobs(count), nodes: { sink } });
      await engine.publish("jobs", ...ids("a", "b", "c", "d"));
      sent += 4;
      await all.got(sent);
      await drained(backend, parts(count));
    }
    expect(engine.deployer.revision).toBe(4);
    expect(all.messages).toHaveLength(16);
  });

  test("is not held up by what waits for a node that leaves with it", async () => {
    const backend = await open();
    const engine = await station({ backend, definitions: [keeper(), collector().definition] });
    await engine.deploy({ topics: jobs(1), nodes: { keep } });
    await engine.publish("jobs", ...ids("a"));
    await engine.deploy({ topics: jobs(2), nodes: { sink } });
    expect(engine.deployer.revision).toBe(2);
  });

  test("is refused too when a revision between did not have the topic", async () => {
    const backend = await open();
    const engine = await station({ backend, definitions: [keeper()] });
    await engine.deploy({ topics: jobs(1), nodes: { keep } });
    await engine.publish("jobs", ...ids("a"));
    await engine.deploy({ topics: {}, nodes: {} });
    await expect(engine.deploy({ topics: jobs(2), nodes: { keep } })).rejects.toMatchObject({
      code: "deploy/invalid-flow",
    });
    await engine.deploy({ topics: jobs(1), nodes: { keep } });
    expect(await waitingIn(backend, JOBS)).toEqual({ "main/keep": 1 });
  });

  test("on a shared topic is refused for other flows' readers and other programs' too", async () => {
    const backend = await open();
    const engine = await station({ backend, definitions: [keeper()], flow: "mine" });
    const shared = { flow: undefined, topic: "/parted" };
    await backend.streams.ensureGroup(shared, "other/reader", "new");
    await engine.deploy({ topics: { "/parted": STREAM }, nodes: {} });
    await engine.publish("/parted", ...ids("a"));
    await expect(
      engine.deploy({ topics: { "/parted": { ...STREAM, partitions: 2, key: "/id" } }, nodes: {} }),
    ).rejects.toThrow('"other/reader"');
    await backend.streams.removeGroup(shared, "other/reader");
  });

  test("by a file is refused at a change and at a start: the newest revision runs on", async () => {
    const backend = await open();
    const folder = temporaryFolder();
    onTestFinished(() => folder[Symbol.dispose]());
    const file = join(folder.path, "main.json");
    const types = { keeper: { code: "" } };
    const write = (partitions: number) =>
      writeFileSync(file, JSON.stringify({ types, topics: jobs(partitions), nodes: { keep } }));
    write(1);
    const first = await station({ backend, definitions: [keeper()], file });
    await first.deployer.startFromFile();
    await first.publish("jobs", ...ids("a", "b"));
    write(2);
    await first.deployer.fileChanged();
    const refused = (of: typeof first) => ({
      revision: of.deployer.revision,
      codes: of.deployer.problems.map(({ code }) => code),
      streams: of.topic("jobs").addresses.length,
    });
    const expected = { revision: 1, codes: ["deploy/partitions-in-use"], streams: 1 };
    expect(refused(first)).toEqual(expected);
    await first.deployer[Symbol.asyncDispose]();
    const second = await station({ backend, definitions: [keeper()], file, engine: "b" });
    await second.deployer.startFromFile();
    expect(refused(second)).toEqual(expected);
  });

  test("says what was published to the old streams meanwhile, since nobody reads it", async () => {
    const backend = await open();
    // As another engine would, that still runs the revision before.
    const late: AnyNodeDefinition = {
      ...keeper("late"),
      start: async () => {
        await backend.streams.publish(JOBS, { id: "late", sequence: 0 }, [new Uint8Array([1])]);
        return { in: () => undefined };
      },
    };
    const engine = await station({ backend, definitions: [keeper(), late] });
    await engine.deploy({ topics: jobs(1), nodes: { keep } });
    const nodes = { keep, late: { type: "late", inputs: { in: ["jobs"] } } };
    const { problems } = await engine.deploy({ topics: jobs(2), nodes });
    expect(problems.map(({ severity, code, path }) => [severity, code, path])).toContainEqual([
      "warning",
      "deploy/left-in-partitions",
      pointer("topics", "jobs", "partitions"),
    ]);
    const warning = problems.find(({ code }) => code === "deploy/left-in-partitions");
    expect(engine.logs.map(({ text }) => text)).toContain(warning?.message);
  });
});
