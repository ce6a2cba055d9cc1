// Nodes that look at others: debug, catch, status.
import { MemoryState, testNode } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";
import catchNode from "../../../nodes/core/catch.ts";
import debug from "../../../nodes/core/debug.ts";
import status from "../../../nodes/core/status.ts";

const place = (id: string) => ({ flow: "test", id, title: id, type: "script" });

describe("debug", () => {
  it.each<[unknown, unknown]>([
    [{}, { a: 1 }],
    [{ show: "path", path: "payload.a" }, 1],
    [{ show: "path", path: "flow.x" }, 9],
    [{ show: "message" }, expect.objectContaining({ id: "m", payload: { a: 1 } })],
  ])("shows by %j: %j", async (config, value) => {
    await using node = await testNode(debug, { config, state: { flow: { x: 9 } } });
    await node.send("in", { payload: { a: 1 }, id: "m" });
    expect(node.debugs).toEqual([{ value, label: "", message: expect.objectContaining({ id: "m" }) }]);
  });

  it("writes to the log and its status", async () => {
    await using node = await testNode(debug, {
      config: { to: ["log", "status"], label: "here", level: "warn" },
    });
    await node.send("in", { payload: "x".repeat(100), id: "m" });
    expect(node.debugs).toEqual([]);
    expect(node.logs).toEqual([
      { level: "warn", text: "here", fields: { value: "x".repeat(100), message: "m" } },
    ]);
    expect(node.status.text).toBe(`${"x".repeat(60)}…`);
    await using counting = await testNode(debug, { config: { to: ["status"], status: "count" } });
    for (const payload of [1, 2]) await counting.send("in", payload);
    expect(counting.status.text).toBe("2");
  });

  it("is switched while it runs, by button or message, and stays so over a restart", async () => {
    const state = new MemoryState();
    const first = await testNode(debug, { state });
    await first.fire();
    await first.send("in", 1);
    expect([first.debugs, first.status]).toEqual([[], { text: "off", level: "idle" }]);
    await first.send("switch", true);
    await first.send("in", 2);
    expect(first.debugs).toHaveLength(1);
    await first.send("switch", "over");
    await first.close();
    await using second = await testNode(debug, { state });
    await second.send("in", 3);
    expect([second.debugs, second.status.text]).toEqual([[], "off"]);
    await using changed = await testNode(debug, { state, config: { active: false } });
    await changed.fire(true);
    await using again = await testNode(debug, { state, config: { active: true } });
    await again.send("in", 4);
    expect(again.debugs).toHaveLength(1);
  });
});

describe("catch", () => {
  it("sends failures of the nodes it watches, as descendants of the message that failed", async () => {
    await using node = await testNode(catchNode, { config: { nodes: ["mailer"] } });
    const message = { id: "m", topic: "mails", attempt: 3, attributes: { user: "ann" }, payload: 1 };
    const failure = { error: { message: "No route.", code: "net" }, node: place("mailer"), message };
    expect(await node.fail(failure)).toBe(1);
    expect(await node.fail({ node: place("other") })).toBe(0);
    expect(node.emitted).toMatchObject([
      { port: "out", payload: failure, attributes: { user: "ann" }, correlationId: "m", from: [{ id: "m" }] },
    ]);
  });

  it("watches all nodes when none is named, and stops listening at its end", async () => {
    const node = await testNode(catchNode);
    expect(await node.fail()).toBe(1);
    await node.close();
    expect(await node.fail()).toBe(0);
  });
});

describe("status", () => {
  it("sends status changes of the nodes and levels it watches", async () => {
    await using node = await testNode(status, { config: { nodes: ["gateway"], levels: ["error"] } });
    await node.changeStatus({ node: place("gateway"), text: "lost", level: "error" });
    await node.changeStatus({ node: place("gateway"), text: "back", level: "ok" });
    await node.changeStatus({ node: place("other"), text: "lost", level: "error" });
    expect(node.payloads("out")).toMatchObject([{ text: "lost", level: "error", node: { id: "gateway" } }]);
  });
});
