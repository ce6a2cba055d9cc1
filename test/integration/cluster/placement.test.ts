// Nodes of placement "one" and "shards": where they run, and what becomes of what they send. Who has a part is the
// test's decision; topics and leases are real.
import { defineNode, type NodeContext, Type } from "@millrace/sdk";
import { expect, test } from "vitest";
import type { Backend, Fence } from "../../../engine/backend/backend.ts";
import { openEmbedded } from "../../../engine/backend/embedded/embedded.ts";
import type { Ownership, PartHolder, Shared } from "../../../engine/cluster/index.ts";
import { eventually } from "../../support/eventually.ts";
import { collector, flowRunner } from "../../support/flow-runner.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

/** Hands parts out and takes them back as the test says. */
class GivenOwnership implements Ownership {
  readonly shares = new Map<string, { what: Shared; holder: PartHolder }>();
  certain = true;
  engine: string | undefined = "other";
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  share(what: Shared, holder: PartHolder): AsyncDisposable {
    this.shares.set(what.name, { what, holder });
    return { [Symbol.asyncDispose]: async () => void this.shares.delete(what.name) };
  }

  isCertain(): boolean {
    return this.certain;
  }

  async holderOf(): Promise<string | undefined> {
    return this.engine;
  }

  /** Takes the lease from whoever has it, and gives the part to the node. */
  async give(node: string, part = 0): Promise<void> {
    const fence = await this.take(node, part, `me-${Math.random()}`);
    this.shares.get(`node/${node}`)?.holder.gained(part, fence);
  }

  /** Somebody takes the lease, and the node does not hear of it. */
  async take(node: string, part: number, owner: string): Promise<Fence> {
    const lease = { flow: "test", name: `share/node/${node}/${part}` };
    const [seen = { owner: "", epoch: 0, beat: 0 }] = await this.#backend.leases.read([lease]);
    const { epoch } = await this.#backend.leases.take(lease, owner, seen);
    return { lease, epoch };
  }

  lose(node: string, part = 0, signal = new AbortController().signal): Promise<void> {
    return this.shares.get(`node/${node}`)?.holder.lost(part, signal) ?? Promise.resolve();
  }
}

/** A source whose every start and end is kept. */
function source(placement: "one" | "shards") {
  const history: string[] = [];
  const box: { context: NodeContext | undefined } = { context: undefined };
  const definition = defineNode({
    type: "source",
    title: "Source",
    summary: "Sends what a test tells it to.",
    category: "test",
    config: Type.Object({ shards: Type.Optional(Type.Integer()) }),
    inputs: {},
    outputs: { out: Type.Unknown() },
    placement,
    start(context) {
      history.push("starts");
      box.context = context as NodeContext;
      return {
        fire: (payload: unknown) => context.emit("out", payload),
        close: () => void history.push(context.signal.aborted ? "closes" : "closes too early"),
      };
    },
  });
  return {
    definition,
    history,
    emit: (payload: unknown, shard?: number) =>
      box.context?.emit("out", payload, shard === undefined ? {} : { shard }) ?? Promise.resolve(),
    context: () => box.context as NodeContext,
  };
}

async function given(placement: "one" | "shards", config: Record<string, unknown> = {}) {
  const backend = await openEmbedded({ folder: ":memory:", logger: quietLogger().logger });
  const ownership = new GivenOwnership(backend);
  const node = source(placement);
  const got = collector();
  const pass = defineNode({
    type: "pass",
    title: "Pass",
    summary: "Passes on.",
    category: "test",
    config: Type.Object({}),
    inputs: { in: Type.Unknown() },
    outputs: { out: Type.Unknown() },
    start: ({ emit }) => ({ in: ({ payload }) => emit("out", payload) }),
  });
  const runner = flowRunner({ backend, ownership, definitions: [node.definition, pass, got.definition] });
  const deploy = (sourceConfig: Record<string, unknown>) =>
    runner.deploy({
      topics: { memory: {}, kept: { delivery: "stream" } },
      nodes: {
        source: { type: "source", config: sourceConfig, outputs: { out: ["memory"] } },
        pass: { type: "pass", inputs: { in: ["memory"] }, outputs: { out: ["kept"] } },
        got: { type: "collector", inputs: { in: ["kept"] } },
      },
    });
  await deploy(config);
  return {
    backend,
    ownership,
    node,
    got,
    runner,
    deploy,
    shown: () => {
      const { state, status, standsBy } = runner.runtime.node("source");
      return { state, text: status.text, standsBy };
    },
    /** Refused by the backend, since the lease was another engine's. */
    refused: () => [...runner.runtime.topics.streams()].reduce((sum, { voided }) => sum + voided, 0),
    async [Symbol.asyncDispose]() {
      await runner[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

test('a node of placement "one" stands by until it is given, and says who has it', async () => {
  await using flow = await given("one");
  await eventually(() => flow.shown().text !== "stands by");
  expect(flow.shown()).toEqual({ state: "running", text: "stands by, runs on other", standsBy: true });
  expect(flow.node.history).toEqual([]);
  await expect(flow.runner.runtime.inject("source", {})).rejects.toMatchObject({
    code: "cluster/held-elsewhere",
    details: { engine: "other" },
  });
  await flow.ownership.give("source");
  await eventually(() => flow.node.history.length > 0);
  await eventually(() => !flow.shown().standsBy);
  expect(flow.shown()).toEqual({ state: "running", text: "", standsBy: false });
  await flow.runner.runtime.inject("source", { payload: 1 });
  await flow.got.got(1);
});

test("it ends where it is lost, and begins again where it is given back", async () => {
  await using flow = await given("one");
  await flow.ownership.give("source");
  await eventually(() => flow.shown().state === "running" && !flow.shown().standsBy);
  await flow.ownership.lose("source");
  expect(flow.node.history).toEqual(["starts", "closes"]);
  expect(flow.shown().standsBy).toBe(true);
  await flow.ownership.give("source");
  await eventually(() => flow.node.history.length === 3);
  await eventually(() => !flow.shown().standsBy);
  await flow.node.emit("again");
  await flow.got.got(1);
});

test("a deploy that changes it restarts it, and gives it to nobody else meanwhile", async () => {
  await using flow = await given("one");
  await flow.ownership.give("source");
  await eventually(() => flow.shown().state === "running" && !flow.shown().standsBy);
  const { holder } = flow.ownership.shares.get("node/source") ?? {};
  await flow.deploy({ shards: 7 });
  expect(flow.node.history).toEqual(["starts", "closes", "starts"]);
  expect(flow.ownership.shares.get("node/source")?.holder).toBe(holder);
  await flow.node.emit("goes on");
  await flow.got.got(1);
  await flow.ownership.lose("source");
  expect(flow.node.history.at(-1)).toBe("closes");
});

test("what it sends after its lease went to another engine goes nowhere, through nodes in between too", async () => {
  await using flow = await given("one");
  await flow.ownership.give("source");
  await eventually(() => flow.shown().state === "running" && !flow.shown().standsBy);
  await flow.node.emit("mine");
  await flow.got.got(1);
  await flow.ownership.take("source", 0, "other");
  await flow.node.emit("not mine any more");
  await eventually(() => flow.refused() === 1);
  expect(flow.got.payloads()).toEqual(["mine"]);
});

test("what it sends while it is not certain to hold its lease is not even tried", async () => {
  await using flow = await given("one");
  await flow.ownership.give("source");
  await eventually(() => flow.shown().state === "running" && !flow.shown().standsBy);
  flow.ownership.certain = false;
  await flow.node.emit("perhaps");
  expect(flow.runner.runtime.node("source").voided).toBe(1);
  flow.ownership.certain = true;
  await flow.node.emit("certainly");
  await flow.got.got(1);
  expect([flow.got.payloads(), flow.refused()]).toEqual([["certainly"], 0]);
});

test("what it writes into state while another engine may have it is not written", async () => {
  await using flow = await given("one");
  await flow.ownership.give("source");
  await eventually(() => flow.shown().state === "running" && !flow.shown().standsBy);
  const { state } = flow.node.context();
  await state.set("last", 1);
  flow.ownership.certain = false;
  await state.set("last", 2);
  expect(await state.update("last", () => 3)).toBe(1);
  await state.delete("last");
  flow.ownership.certain = true;
  expect(await state.get("last")).toBe(1);
});

test("a node with shards is told what comes and goes, and lets go before it goes", async () => {
  await using flow = await given("shards", { shards: 4 });
  const { shards } = flow.node.context();
  const changes: string[] = [];
  const letGo = Promise.withResolvers<void>();
  shards.onChange(async ({ gained, lost }) => {
    changes.push(`+${gained} -${lost} of ${[...shards.held].sort()}`);
    if (lost.length > 0) await letGo.promise;
  });
  expect([shards.count, shards.held.size]).toEqual([4, 0]);
  await flow.ownership.give("source", 1);
  await flow.ownership.give("source", 3);
  let gone = false;
  const losing = flow.ownership.lose("source", 1).then(() => {
    gone = true;
  });
  expect(changes).toEqual(["+1 - of 1", "+3 - of 1,3", "+ -1 of 3"]);
  await flow.node.emit("the last of one", 1); // it may still finish what it does for it
  await flow.got.got(1);
  expect(gone).toBe(false);
  letGo.resolve();
  await losing;
  await flow.node.emit("too late", 1);
  await flow.node.emit("of three", 3);
  await flow.node.emit("of none");
  await flow.got.got(3);
  expect(flow.got.payloads()).toEqual(["the last of one", "of three", "of none"]);
  expect(flow.runner.runtime.node("source").voided).toBe(1);
});
