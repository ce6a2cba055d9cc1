// The harness behaves as the engine promises node authors.
import { type Delivery, defineNode, Failure, Type } from "@millrace/sdk";
import { MemoryState, testNode } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";

const base = { title: "T", summary: "For a test.", category: "test", config: Type.Object({}) };
const ports = { inputs: { in: Type.Unknown() }, outputs: { out: Type.Unknown() } };

describe("testNode", () => {
  it("fills in defaults, checks the config and freezes it", async () => {
    const seen: unknown[] = [];
    const node = defineNode({
      ...base,
      type: "greet",
      inputs: {},
      outputs: {},
      config: Type.Object({
        greeting: Type.String({ default: "hello" }),
        rules: Type.Array(Type.Object({ port: Type.String({ default: "out" }) }), { default: [] }),
      }),
      start({ config }) {
        seen.push(config, Object.isFrozen(config), Object.isFrozen(config.rules));
      },
    });
    await using _ = await testNode(node, { config: { rules: [{}] } });
    expect(seen).toEqual([{ greeting: "hello", rules: [{ port: "out" }] }, true, true]);
    await expect(testNode(node, { config: { greeting: 3 } })).rejects.toThrow(
      /"greet" is not valid: \/greeting must be string/,
    );
  });

  it("keeps what was emitted by port, with attributes, correlation and origin", async () => {
    const node = defineNode({
      ...base,
      ...ports,
      type: "twice",
      start: ({ emit }) => ({
        async in(message) {
          void emit("out", 1);
          await emit("out", 2, { attributes: { step: "two" } });
          await emit("error", 3, { from: [], replaceAttributes: true });
          expect(message.payload).toBe("x");
        },
      }),
    });
    await using running = await testNode(node);
    await running.send("in", { payload: "x", id: "m", attributes: { user: "ann" } });
    const from = [expect.objectContaining({ id: "m" })];
    expect(running.outputs.out).toEqual([
      { port: "out", payload: 1, attributes: { user: "ann" }, correlationId: "m", from },
      { port: "out", payload: 2, attributes: { user: "ann", step: "two" }, correlationId: "m", from },
    ]);
    expect(running.take("error").map((output) => output.from)).toEqual([[]]);
    expect(running.outputs.error).toEqual([]);
  });

  it("refuses ports that the type does not have", async () => {
    const node = defineNode({
      ...base,
      ...ports,
      type: "odd",
      start: ({ emit }) => ({ in: () => void emit("oot", 1) }),
    });
    await using running = await testNode(node);
    await expect(running.send("inn", 1)).rejects.toThrow('"inn" is not an input of "odd". It has "in".');
    await expect(running.send("in", 1)).rejects.toThrow('"oot" is not an output of "odd"');
  });

  it("rejects with the handler's error and goes on with the next message", async () => {
    const node = defineNode({
      ...base,
      ...ports,
      type: "picky",
      start: ({ emit }) => ({
        in(message) {
          if (message.payload === "bad") throw new Failure("No bad ones.", { code: "picky/bad" });
          return emit("out", message.payload);
        },
      }),
    });
    await using running = await testNode(node);
    const [bad, good] = await Promise.allSettled([running.send("in", "bad"), running.send("in", "good")]);
    expect(bad).toMatchObject({ status: "rejected", reason: { code: "picky/bad" } });
    expect(good.status).toBe("fulfilled");
    expect(running.payloads("out")).toEqual(["good"]);
  });

  it("handles one at a time, or as many as the type says, and leaves held ones out of the count", async () => {
    const open: Delivery[] = [];
    let most = 0;
    let now = 0;
    const node = defineNode({
      ...base,
      ...ports,
      type: "holder",
      concurrency: 2,
      start: ({ clock }) => ({
        async in(_message, delivery) {
          most = Math.max(most, ++now);
          await new Promise<void>((resolve) => clock.schedule(10, resolve));
          now--;
          open.push(delivery.hold());
        },
      }),
    });
    await using running = await testNode(node);
    const sent = [1, 2, 3, 4].map((payload) => running.send("in", payload));
    await running.clock.advance(20);
    expect([most, running.open, open.length]).toEqual([2, 4, 4]);
    open[0]?.settle();
    open[1]?.fail(new Error("late"));
    await sent[0];
    await expect(sent[1]).rejects.toThrow("late");
    await running.close();
    await expect(sent[2]).rejects.toThrow("The node stopped before");
  });

  it("hands waiting messages over in batches, each with an outcome of its own", async () => {
    const sizes: number[] = [];
    const node = defineNode({
      ...base,
      ...ports,
      type: "batched",
      start: () => ({
        in: {
          batch: 3,
          handle(messages) {
            sizes.push(messages.length);
            return messages.map((message) => (message.payload === 2 ? new Error("two") : undefined));
          },
        },
      }),
    });
    await using running = await testNode(node);
    const settled = await Promise.allSettled([1, 2, 3, 4].map((payload) => running.send("in", payload)));
    expect(sizes).toEqual([3, 1]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  });

  it("fails a handler that takes too long, and aborts its delivery", async () => {
    let aborted = false;
    const node = defineNode({
      ...base,
      ...ports,
      type: "slow",
      timeoutMs: 100,
      start: () => ({
        in: (_message, delivery) =>
          new Promise<void>(() => {
            delivery.signal.addEventListener("abort", () => {
              aborted = true;
            });
          }),
      }),
    });
    await using running = await testNode(node);
    const sent = expect(running.send("in", 1)).rejects.toThrow("longer than 100 ms");
    await running.clock.advance(100);
    await sent;
    expect(aborted).toBe(true);
  });

  it("turns timers by hand, in order, and stops them with the node", async () => {
    const ran: string[] = [];
    const node = defineNode({
      ...base,
      type: "ticking",
      inputs: {},
      outputs: {},
      start(context) {
        context.every(10, () => void ran.push("every"));
        context.after(15, () => void ran.push("after"));
        context.cron("* * * * *", {}, (due) => void ran.push(due.toISOString()));
        context.every(20, () => {
          throw new Error("tick failed");
        });
      },
    });
    const nextCron = (_: string, { from = new Date(0) }) => [
      new Date(Math.floor(from.getTime() / 25 + 1) * 25),
    ];
    const running = await testNode(node, { nextCron });
    await running.clock.advance(25);
    expect(ran).toEqual(["every", "after", "every", "2030-01-01T00:00:00.025Z"]);
    expect(running.logs).toMatchObject([{ level: "error", text: "tick failed" }]);
    await running.close();
    await running.clock.advance(1_000);
    expect([ran.length, running.leaks]).toEqual([4, []]);
  });

  it("keeps state over a restart when both harnesses share it", async () => {
    const node = defineNode({
      ...base,
      ...ports,
      type: "counter",
      start: ({ state, emit }) => ({
        in: async () => emit("out", await state.update<number>("count", (count = 0) => count + 1)),
      }),
    });
    const state = new MemoryState({ node: { count: 4 } });
    for (const expected of [5, 6]) {
      await using running = await testNode(node, { state });
      await running.send("in", null);
      expect(running.payloads("out")).toEqual([expected]);
    }
  });

  it("drives what a node hears beside its inputs", async () => {
    const node = defineNode({
      ...base,
      type: "listener",
      inputs: {},
      outputs: { out: Type.Unknown() },
      async start({ onFailure, onStatus, subscribe, emit, publish }) {
        onFailure({ uncaughtOnly: true }, () => emit("out", "uncaught"));
        onFailure({ nodes: ["a"] }, (failure) => emit("out", failure.node.id));
        onStatus({}, (event) => emit("out", event.text));
        await subscribe("/sensor/*", (message) => emit("out", message.payload));
        await publish("/hello", 1, { format: "json" });
      },
    });
    await using running = await testNode(node);
    const place = { flow: "test", id: "a", title: "A", type: "x" };
    await running.fail({
      node: place,
      message: { id: "m", topic: "t", attempt: 1, attributes: {}, payload: 1 },
    });
    await running.fail();
    await running.changeStatus({ text: "up" });
    expect(await running.publishTo("/sensor/1", 21)).toBe(1);
    expect(await running.publishTo("/other", 22)).toBe(0);
    expect(running.payloads("out")).toEqual(["a", "uncaught", "up", 21]);
    expect(running.outputs.out?.[0]?.correlationId).toBe("m");
    expect(running.published).toEqual([{ topic: "/hello", payload: 1, options: { format: "json" } }]);
  });

  it("calls the routes of a node", async () => {
    const node = defineNode({
      ...base,
      type: "endpoint",
      inputs: { response: Type.Unknown() },
      outputs: { request: Type.Unknown() },
      start({ http, emit }) {
        http.route({
          method: "GET",
          path: "/users/:id",
          handle: (call) => ({ body: [call.params, call.query] }),
        });
        http.route({
          method: "POST",
          path: "/wait",
          timeoutMs: 50,
          async handle(call) {
            let body = "";
            for await (const chunk of call.request) body += chunk;
            await emit("request", { id: call.id, body });
            return "wait" as const;
          },
        });
        return {
          response: async (message) => void (await http.respond(String(message.payload), { status: 201 })),
        };
      },
    });
    await using running = await testNode(node);
    expect(await running.http.call({ path: "/users/a%20b?x=1&x=2" })).toMatchObject({
      status: 200,
      body: [{ id: "a b" }, { x: ["1", "2"] }],
    });
    const answered = running.http.call({ method: "POST", path: "/wait", body: { n: 1 } });
    await running.clock.advance(0);
    const [request] = running.take("request");
    expect(request?.payload).toMatchObject({ body: '{"n":1}' });
    await running.send("response", Reflect.get(Object(request?.payload), "id"));
    expect((await answered).status).toBe(201);
    const late = running.http.call({ method: "POST", path: "/wait", body: "x" });
    await running.clock.advance(50);
    expect((await late).status).toBe(504);
    expect((await running.http.call({ path: "/nowhere" })).status).toBe(404);
  });

  it("lets a test stand for a topic that is full or refuses", async () => {
    const node = defineNode({
      ...base,
      ...ports,
      type: "out",
      start: ({ emit }) => ({ in: () => emit("out", 1) }),
    });
    let refuse = true;
    await using running = await testNode(node, {
      accept() {
        if (refuse) throw new Error("full");
      },
    });
    await expect(running.send("in", 1)).rejects.toThrow("full");
    refuse = false;
    await running.send("in", 1);
    expect(running.payloads("out")).toEqual([1]);
  });

  it("refuses an emit of a batch that does not say where it comes from, and knows work done within a delivery", async () => {
    const node = defineNode({
      ...base,
      ...ports,
      type: "batched",
      start: ({ emit, within }) => ({
        in: {
          batch: 10,
          async handle(_messages, deliveries) {
            await expect(emit("out", 0)).rejects.toThrow('say in "from"');
            for (const delivery of deliveries) await within(delivery, () => emit("out", 1));
          },
        },
      }),
    });
    await using running = await testNode(node);
    await Promise.all(["a", "b"].map((id) => running.send("in", { payload: 1, id })));
    expect(running.emitted.map(({ from }) => from.map(({ id }) => id))).toEqual([["a"], ["b"]]);
  });

  it("settles a delivery by hand only when it is held", async () => {
    let release = () => {};
    const node = defineNode({
      ...base,
      ...ports,
      type: "eager",
      start: () => ({
        in(_message, delivery) {
          delivery.settle();
          return new Promise<void>((resolve) => {
            release = resolve;
          });
        },
      }),
    });
    await using running = await testNode(node);
    const sent = running.send("in", 1);
    await running.clock.advance(0);
    expect(running.open).toBe(1);
    release();
    await sent;
  });

  it("hands out messages that lose their id when they are spread, as the engine does", async () => {
    const seen: unknown[] = [];
    const node = defineNode({
      ...base,
      ...ports,
      type: "spread",
      start: () => ({
        in: (message) =>
          void seen.push({ ...message }.id, message.id, JSON.parse(JSON.stringify(message)).id),
      }),
    });
    await using running = await testNode(node);
    await running.send("in", { payload: 1, id: "m" });
    expect(seen).toEqual([undefined, "m", "m"]);
  });

  it("lets a timer that a handler set go on with its message", async () => {
    const node = defineNode({
      ...base,
      ...ports,
      type: "later",
      start: ({ after, emit }) => ({ in: (message) => void after(5, () => emit("out", message.payload)) }),
    });
    await using running = await testNode(node);
    await running.send("in", { payload: 1, id: "m" });
    await running.clock.advance(5);
    expect(running.outputs.out).toMatchObject([{ payload: 1, correlationId: "m" }]);
  });

  it("takes no message after it was closed, and closes once", async () => {
    let closed = 0;
    const node = defineNode({
      ...base,
      ...ports,
      type: "closing",
      start: ({ signal }) => ({
        in: () => undefined,
        close() {
          closed++;
          expect(signal.aborted).toBe(true);
        },
      }),
    });
    const running = await testNode(node);
    await Promise.all([running.close(), running.close()]);
    expect(closed).toBe(1);
    await expect(running.send("in", 1)).rejects.toThrow("The node is closed.");
  });
});
