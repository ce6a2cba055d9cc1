// Topics by name at run time.
import { testNode } from "@millrace/sdk/testing";
import { describe, expect, it } from "vitest";
import publish from "../../../nodes/core/publish.ts";
import subscribe from "../../../nodes/core/subscribe.ts";

describe("publish", () => {
  it("publishes to the topic of its config, in a foreign format when asked", async () => {
    await using node = await testNode(publish, {
      config: { topic: "/alerts", format: "json", attributes: false },
    });
    await node.send("in", 1);
    expect(node.published).toEqual([
      { topic: "/alerts", payload: 1, options: { format: "json", replaceAttributes: true } },
    ]);
  });

  it("publishes to the topic that each message names, or else to its own", async () => {
    await using node = await testNode(publish, { config: { topic: "rest", topicFrom: "attributes.to" } });
    await node.send("in", { payload: 1, attributes: { to: "/a" } });
    await node.send("in", 2);
    expect(node.published.map(({ topic }) => topic)).toEqual(["/a", "rest"]);
  });

  it("fails a message that names none", async () => {
    await using node = await testNode(publish, { config: { topicFrom: "payload.to" } });
    await expect(node.send("in", { to: 5 })).rejects.toThrow('no topic at "payload.to"');
  });
});

describe("subscribe", () => {
  it("hears topics by a pattern, and says which one", async () => {
    await using node = await testNode(subscribe, { config: { topic: "/sensors/*", format: "json" } });
    await node.publishTo("/sensors/1", { payload: 21, attributes: { a: "x" } }, { format: "json" });
    await node.publishTo("/sensors/2", 22);
    await node.publishTo("/other", 23, { format: "json" });
    expect(node.emitted).toMatchObject([
      {
        port: "out",
        payload: 21,
        attributes: { a: "x", topic: "/sensors/1" },
        from: [{ topic: "/sensors/1" }],
      },
    ]);
  });

  it("stops hearing at its end", async () => {
    const node = await testNode(subscribe, { config: { topic: "a" } });
    expect(await node.publishTo("a", 1)).toBe(1);
    await node.close();
    expect([await node.publishTo("a", 2), node.leaks]).toEqual([0, []]);
  });
});
