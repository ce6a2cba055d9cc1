// A node that leaves its flow, or stops to read a stream topic: its group goes with it, and nothing goes silently.
import { expect, test } from "vitest";
import { pointer } from "../../../engine/flow/index.ts";
import { eventually } from "../../support/eventually.ts";
import { collector } from "../../support/flow-runner.ts";
import { onBothBackends } from "./backends.ts";
import { FOR_EVER, keeper, station, waitingIn } from "./given.ts";

const STREAM = { delivery: "stream", ...FOR_EVER } as const;
const JOBS = { flow: "main", topic: "jobs" };
const reads = (type: string, ...topics: string[]) => ({ type, inputs: { in: topics } });

onBothBackends("the group of a reader that a deploy removes", (open) => {
  test("goes, with a word about what waited for it; the other readers keep their places", async () => {
    const backend = await open();
    const other = collector("other");
    const engine = await station({ backend, definitions: [keeper(), other.definition] });
    await engine.deploy({
      topics: { jobs: STREAM },
      nodes: { keep: reads("keeper", "jobs"), other: reads("other", "jobs") },
    });
    await engine.publish("jobs", 1, 2, 3);
    await other.got(3);
    await eventually(async () => (await waitingIn(backend, JOBS))["main/other"] === 0);
    const { problems } = await engine.deploy({
      topics: { jobs: STREAM },
      nodes: { other: reads("other", "jobs") },
    });
    expect(problems.map(({ severity, code, path, node }) => [severity, code, path, node])).toEqual([
      ["warning", "deploy/reader-removed", pointer("topics", "jobs"), "keep"],
    ]);
    expect(problems[0]?.message).toContain("3 messages");
    expect(await waitingIn(backend, JOBS)).toEqual({ "main/other": 0 });
    expect([...engine.deployer.dropped]).toEqual([["jobs", 3]]);
    expect(engine.logs.map(({ text }) => text)).toContain(problems[0]?.message);
    await engine.publish("jobs", 4);
    await other.got(4);
  });

  test("lets a topic at its limit take messages again, and be trimmed", async () => {
    const backend = await open();
    const other = collector("other");
    const topics = { jobs: { ...STREAM, limit: 5, retention: { messages: 2 } } };
    const engine = await station({ backend, definitions: [keeper(), other.definition] });
    await engine.deploy({
      topics,
      nodes: { keep: reads("keeper", "jobs"), other: reads("other", "jobs") },
    });
    await engine.publish("jobs", 1, 2, 3, 4, 5);
    await other.got(5);
    await engine.topic("jobs").look();
    expect(engine.topic("jobs").waiting).toBe(5);
    let published = false;
    const sixth = engine.publish("jobs", 6).then(() => {
      published = true;
    });
    await engine.topic("jobs").trim();
    expect([published, (await backend.streams.info(JOBS)).length]).toEqual([false, 5]);
    await engine.deploy({ topics, nodes: { other: reads("other", "jobs") } });
    await sixth;
    await other.got(6);
    await eventually(async () => (await waitingIn(backend, JOBS))["main/other"] === 0);
    await engine.topic("jobs").trim();
    expect((await backend.streams.info(JOBS)).length).toBe(2);
  });

  test("goes too when only the input's wire was removed, from every part of a divided topic", async () => {
    const backend = await open();
    const engine = await station({ backend, definitions: [keeper()] });
    const topics = { jobs: { ...STREAM, partitions: 3, key: "/id" }, more: {} };
    await engine.deploy({ topics, nodes: { keep: reads("keeper", "jobs", "more") } });
    await engine.publish("jobs", { id: "a" }, { id: "b" }, { id: "c" }, { id: "d" });
    const { problems } = await engine.deploy({ topics, nodes: { keep: reads("keeper", "more") } });
    expect(problems.find(({ code }) => code === "deploy/reader-removed")?.message).toContain("4 messages");
    for (const partition of [0, 1, 2]) expect(await waitingIn(backend, { ...JOBS, partition })).toEqual({});
  });

  test("goes without a word when nothing waited for it", async () => {
    const backend = await open();
    const sink = collector();
    const engine = await station({ backend, definitions: [sink.definition] });
    await engine.deploy({ topics: { jobs: STREAM }, nodes: { sink: reads("collector", "jobs") } });
    await engine.publish("jobs", 1);
    await sink.got(1);
    await eventually(async () => (await waitingIn(backend, JOBS))["main/sink"] === 0);
    const { problems } = await engine.deploy({ topics: { jobs: STREAM }, nodes: {} });
    expect(problems.filter(({ code }) => code === "deploy/reader-removed")).toEqual([]);
    expect(await waitingIn(backend, JOBS)).toEqual({});
  });

  test("stays for a node that is disabled: it comes back to what has waited", async () => {
    const backend = await open();
    const engine = await station({ backend, definitions: [keeper()] });
    const nodes = { keep: reads("keeper", "jobs") };
    await engine.deploy({ topics: { jobs: STREAM }, nodes });
    await engine.publish("jobs", 1);
    await engine.deploy({
      topics: { jobs: STREAM },
      nodes: { keep: { ...nodes.keep, disabled: true } },
    });
    expect(await waitingIn(backend, JOBS)).toEqual({ "main/keep": 1 });
  });

  test("stays when the topic left the flow as well: its data is left alone", async () => {
    const backend = await open();
    const engine = await station({ backend, definitions: [keeper()] });
    await engine.deploy({ topics: { jobs: STREAM }, nodes: { keep: reads("keeper", "jobs") } });
    await engine.publish("jobs", 1);
    await engine.deploy({ topics: {}, nodes: {} });
    expect(await waitingIn(backend, JOBS)).toEqual({ "main/keep": 1 });
  });

  test("stays, with what waits, when the deploy is taken back because a changed node does not start", async () => {
    const backend = await open();
    const definitions = [keeper(), { ...keeper("broken"), start: () => Promise.reject(new Error("no")) }];
    const engine = await station({ backend, definitions });
    await engine.deploy({ topics: { jobs: STREAM }, nodes: { keep: reads("keeper", "jobs") } });
    await engine.publish("jobs", 1, 2);
    await expect(
      engine.deploy({ topics: { jobs: STREAM }, nodes: { broken: reads("broken", "jobs") } }),
    ).rejects.toMatchObject({ code: "deploy/undone" });
    expect(engine.deployer.revision).toBe(3);
    expect(await waitingIn(backend, JOBS)).toEqual({ "main/keep": 2 });
    await engine.publish("jobs", 3);
    expect(await waitingIn(backend, JOBS)).toEqual({ "main/keep": 3 });
  });

  test("begins anew when a roll back brings the reader back", async () => {
    const backend = await open();
    const sink = collector();
    const engine = await station({ backend, definitions: [keeper(), sink.definition] });
    await engine.deploy({ topics: { jobs: STREAM }, nodes: { keep: reads("keeper", "jobs") } });
    await engine.publish("jobs", 1, 2);
    await engine.deploy({ topics: { jobs: STREAM }, nodes: { sink: reads("collector", "jobs") } });
    await engine.deployer.rollback(1, "test");
    await engine.publish("jobs", 3);
    expect(await waitingIn(backend, JOBS)).toEqual({ "main/keep": 1 });
  });

  test("is removed at the next start when the reader left while no engine ran", async () => {
    const backend = await open();
    const first = await station({ backend, definitions: [keeper()] });
    await first.deploy({ topics: { jobs: STREAM }, nodes: { keep: reads("keeper", "jobs") } });
    await first.publish("jobs", 1);
    await first.deployer[Symbol.asyncDispose]();
    const next = { time: 1, author: "test", note: "", content: "other" };
    const flow = { topics: { jobs: STREAM }, nodes: {} };
    await backend.revisions.append("main", 1, {
      ...next,
      bundle: JSON.stringify({ flow, layout: {}, files: {} }),
    });
    const second = await station({ backend, definitions: [], engine: "b" });
    await second.deployer.startFromFile();
    await second.deployer.tidy();
    expect(await waitingIn(backend, JOBS)).toEqual({});
    expect([...second.deployer.dropped]).toEqual([["jobs", 1]]);
  });
});

onBothBackends("on a shared topic, the group of a reader that a deploy removes", (open) => {
  const SHARED = { flow: undefined, topic: "/jobs" };

  test("goes, and those of other flows and other programs stay", async () => {
    const backend = await open();
    const definitions = [keeper()];
    const document = { topics: { "/jobs": STREAM }, nodes: { keep: reads("keeper", "/jobs") } };
    const one = await station({ backend, definitions });
    const two = await station({ backend, definitions, flow: "main-two" });
    for (const engine of [one, two]) await engine.deploy(document);
    // A flow of the same name in another namespace, and a program that is none of ours.
    for (const group of ["main/elsewhere", "stranger"])
      await backend.streams.ensureGroup(SHARED, group, "new");
    await one.publish("/jobs", 1);
    const { problems } = await one.deploy({ topics: { "/jobs": STREAM }, nodes: {} });
    expect(problems.find(({ code }) => code === "deploy/reader-removed")?.message).toContain("1 message");
    expect(await waitingIn(backend, SHARED)).toEqual({
      "main-two/keep": 1,
      "main/elsewhere": 1,
      stranger: 1,
    });
    for (const group of ["main-two/keep", "main/elsewhere", "stranger"])
      await backend.streams.removeGroup(SHARED, group);
  });

  test("goes too when the flow does not have the topic any more", async () => {
    const backend = await open();
    const engine = await station({ backend, definitions: [keeper()], flow: "other" });
    const topics = { "/jobs": STREAM };
    await engine.deploy({ topics, nodes: { keep: reads("keeper", "/jobs") } });
    await engine.publish("/jobs", 1);
    const { problems } = await engine.deploy({ topics: {}, nodes: {} });
    expect(problems.map(({ code, path }) => [code, path])).toEqual([["deploy/reader-removed", ""]]);
    expect(await waitingIn(backend, SHARED)).toEqual({});
  });
});
