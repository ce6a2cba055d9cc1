// The change node makes changed copies by its rules.
import { type TestNodeOptions, testNode } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";
import change from "../../../nodes/core/change.ts";

async function changed(rules: unknown, message: unknown, options: TestNodeOptions = {}) {
  await using node = await testNode(change, { ...options, config: { rules } });
  await node.send("in", message);
  return { ...node.emitted[0], state: node.state };
}

describe("change", () => {
  it("leaves the message that came in as it is", async () => {
    const payload = { a: { b: 1 }, c: {} };
    const output = await changed([{ action: "set", path: "payload.a.b", value: 2 }], { payload });
    expect([payload.a.b, output.payload]).toEqual([1, { a: { b: 2 }, c: {} }]);
    expect(Reflect.get(Object(output.payload), "c")).toBe(payload.c);
  });

  it.each<[string, unknown, unknown]>([
    ["a value", { action: "set", path: "payload.x", value: { deep: [1] } }, { a: "1", x: { deep: [1] } }],
    ["null", { action: "set", path: "payload.x", value: null }, { a: "1", x: null }],
    ["the whole payload", { action: "set", path: "payload", value: 5 }, 5],
    ["from the message", { action: "set", path: "payload.x", from: "attributes.user" }, { a: "1", x: "ann" }],
    ["from the environment", { action: "set", path: "payload.x", from: "env.STAGE" }, { a: "1", x: "test" }],
    ["from the state", { action: "set", path: "payload.x", from: "flow.limits.max" }, { a: "1", x: 9 }],
    [
      "the time",
      { action: "set", path: "payload.x", from: "now.iso" },
      { a: "1", x: "2030-01-01T00:00:00.000Z" },
    ],
    ["from nothing", { action: "set", path: "payload.a", from: "payload.none" }, {}],
    ["a new list", { action: "set", path: "payload.list[0].n", value: 1 }, { a: "1", list: [{ n: 1 }] }],
  ])("sets %s", async (_, rule, expected) => {
    const options = { env: { STAGE: "test" }, state: { flow: { limits: { max: 9 } } } };
    const output = await changed([rule], { payload: { a: "1" }, attributes: { user: "ann" } }, options);
    expect(output.payload).toEqual(expected);
  });

  it("deletes and moves, also between payload and attributes", async () => {
    const rules = [
      { action: "delete", path: "payload.secret" },
      { action: "move", path: "payload.id", to: "attributes.device" },
      { action: "move", path: "attributes.unit", to: "payload.unit" },
      { action: "delete", path: "attributes.debug" },
      { action: "set", path: "attributes.tags", value: ["a"] },
      { action: "set", path: "correlationId", from: "attributes.device" },
    ];
    const message = { payload: { secret: 1, id: 7 }, attributes: { unit: "C", debug: "1", keep: "k" } };
    expect(await changed(rules, message)).toMatchObject({
      payload: { unit: "C" },
      attributes: { keep: "k", device: "7", tags: '["a"]' },
      correlationId: "7",
    });
  });

  it.each<[unknown, unknown, unknown]>([
    [{ search: "a", value: "b" }, "banana", "bbnbnb"],
    [{ search: "a", value: "$&" }, "cab", "c$&b"],
    [{ search: "on", value: true }, "on", true],
    [{ search: "on", value: true }, "lemon", "lemtrue"],
    [{ search: 1, value: 2 }, 1, 2],
    [{ search: 1, value: 2 }, "1", "1"],
    [{ search: true, value: "yes" }, true, "yes"],
    [{ search: "(\\w+)@(\\w+)", pattern: true, value: "$2 at $1" }, "ann@home", "home at ann"],
    [{ search: "A", pattern: true, ignoreCase: true, value: "-" }, "banana", "b-n-n-"],
    [{ search: "x", value: "y" }, { x: 1 }, { x: 1 }],
    [{ search: "NAME", from: "attributes.user" }, "Hi NAME", "Hi ann"],
  ])("replaces by %j in %j", async (rule, payload, expected) => {
    const rules = [{ action: "replace", path: "payload", ...Object(rule) }];
    const output = await changed(rules, { payload, attributes: { user: "ann" } });
    expect(output.payload).toEqual(expected);
  });

  it("changes what is kept, before the message goes on, and later rules see it", async () => {
    const rules = [
      { action: "set", path: "flow.last.value", from: "payload" },
      { action: "set", path: "payload", from: "flow.last" },
      { action: "set", path: "state.seen", value: true },
      { action: "move", path: "global.old", to: "global.new" },
    ];
    const state = { flow: { last: { at: 1 } }, global: { old: "x" } };
    const output = await changed(rules, 5, { state });
    expect(output.payload).toEqual({ at: 1, value: 5 });
    expect(await output.state.flow.get("last")).toEqual({ at: 1, value: 5 });
    expect(await output.state.get("seen")).toBe(true);
    expect([await output.state.global.get("old"), await output.state.global.get("new")]).toEqual([
      undefined,
      "x",
    ]);
  });

  it("handles a message at once when it needs no state", async () => {
    await using node = await testNode(change, {
      config: { rules: [{ action: "set", path: "payload", value: 1 }] },
    });
    const sent = node.send("in", 0);
    await Promise.resolve();
    expect(node.payloads("out")).toEqual([1]);
    await sent;
  });
});
