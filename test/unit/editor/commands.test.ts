// What edits do to the document.
import { describe, expect, it } from "vitest";
import {
  connect,
  connectTopic,
  removeItems,
  removeWires,
  renameTopic,
  setInput,
  splice,
} from "../../../editor/document/commands.ts";
import { NOTHING_SELECTED } from "../../../editor/document/draft.ts";
import { topicUses, wireId, wiresOf } from "../../../editor/document/wires.ts";
import { ALARM, draftOf } from "./flows.ts";

const a = { node: "a", port: "out" };
const b = { node: "b", port: "in" };
const c = { node: "c", port: "in" };
const PAIR = draftOf({ nodes: { a: { type: "script" }, b: { type: "debug" }, c: { type: "debug" } } });

describe("drawing a wire", () => {
  it("makes a topic named after the node and declares it", () => {
    expect(connect(a, b).apply(PAIR).flow).toEqual({
      topics: { a: {} },
      nodes: {
        a: { type: "script", outputs: { out: ["a"] } },
        b: { type: "debug", inputs: { in: ["a"] } },
        c: { type: "debug" },
      },
    });
  });

  it("names the port too unless it is called out", () => {
    const flow = connect({ node: "a", port: "hot" }, b).apply(PAIR).flow;
    expect(Object.keys(flow.topics ?? {})).toEqual(["a-hot"]);
  });

  it("reuses the topic that the output feeds already", () => {
    const flow = connect(a, c).apply(connect(a, b).apply(PAIR)).flow;
    expect(Object.keys(flow.topics ?? {})).toEqual(["a"]);
    expect(flow.nodes?.c?.inputs).toEqual({ in: ["a"] });
  });

  it("takes another name when the name stands for something else", () => {
    const taken = draftOf({ ...PAIR.flow, topics: { a: { delivery: "stream" } } });
    expect(connect(a, b).apply(taken).flow.nodes?.b?.inputs).toEqual({ in: ["a-2"] });
  });

  it("twice changes nothing", () => {
    const once = connect(a, b).apply(PAIR);
    expect(connect(a, b).apply(once)).toEqual(once);
  });

  it("to a shared topic keeps what the output fed", () => {
    const flow = connectTopic("/alert", { from: a }).apply(connect(a, b).apply(PAIR)).flow;
    expect(flow.nodes?.a?.outputs).toEqual({ out: ["a", "/alert"] });
  });
});

describe("cutting", () => {
  it("drops a topic that says nothing once its last wire is gone", () => {
    const wired = connect(a, b).apply(PAIR);
    const wire = { id: wireId("a", a, b), topic: "a", from: a, to: b };
    expect(removeWires([wire]).apply(wired).flow).toEqual({ ...PAIR.flow, topics: {} });
  });

  it("keeps the output when others read its topic", () => {
    const wired = connect(a, c).apply(connect(a, b).apply(PAIR));
    const cut = removeWires([{ id: "", topic: "a", from: a, to: b }]).apply(wired).flow;
    expect([cut.nodes?.a?.outputs, cut.nodes?.b?.inputs, cut.nodes?.c?.inputs]).toEqual([
      { out: ["a"] },
      undefined,
      { in: ["a"] },
    ]);
  });

  it("keeps the input when others emit into its topic", () => {
    const other = { node: "c", port: "out" };
    const wired = connectTopic("a", { from: other }).apply(connect(a, b).apply(PAIR));
    const cut = removeWires([{ id: "", topic: "a", from: a, to: b }]).apply(wired).flow;
    expect([cut.nodes?.a?.outputs, cut.nodes?.b?.inputs, cut.nodes?.c?.outputs]).toEqual([
      undefined,
      { in: ["a"] },
      { out: ["a"] },
    ]);
  });

  it("removes a node with its place, its file and the topics only it used; settings of a topic survive", () => {
    const next = removeItems({ ...NOTHING_SELECTED, nodes: ["convert", "alarm"] }).apply(ALARM);
    expect(Object.keys(next.flow.nodes ?? {})).toEqual(["thermometer", "lonely"]);
    expect(Object.keys(next.flow.topics ?? {})).toEqual(["readings", "/alert"]);
    expect(next.layout.nodes).toEqual({ thermometer: { x: 0, y: 0 } });
    expect(next.files).toEqual({});
  });

  it("removes a topic from every node", () => {
    const next = removeItems({ ...NOTHING_SELECTED, topics: ["fahrenheit"] }).apply(ALARM);
    expect(topicUses(next.flow).has("fahrenheit")).toBe(false);
    expect(next.flow.nodes?.alarm).not.toHaveProperty("inputs");
  });

  it("keeps a file that another node names too", () => {
    const nodes = {
      ...ALARM.flow.nodes,
      twin: { type: "script", config: { code: { $file: "main.alarm.ts" } } },
    };
    const next = removeItems({ ...NOTHING_SELECTED, nodes: ["alarm"] }).apply({
      ...ALARM,
      flow: { ...ALARM.flow, nodes },
    });
    expect(Object.keys(next.files)).toEqual(["main.alarm.ts"]);
  });

  it("takes the last topic off an input and drops it", () => {
    const wired = connect(a, b).apply(PAIR);
    const cleared = setInput(b, []).apply(wired).flow;
    expect(cleared.nodes?.b).toEqual({ type: "debug" });
    expect(cleared.topics).toEqual({ a: {} });
  });
});

describe("renaming a topic", () => {
  it("renames it in its place and on every wire", () => {
    const { flow } = renameTopic("fahrenheit", "degrees").apply(ALARM);
    expect(Object.keys(flow.topics ?? {})).toEqual(["readings", "degrees", "/alert"]);
    expect(flow.nodes?.convert?.outputs).toEqual({ out: ["degrees"] });
    expect(flow.nodes?.alarm?.inputs).toEqual({ in: [{ topic: "degrees", from: "start" }] });
  });

  it("does nothing when the name is taken", () => {
    expect(renameTopic("fahrenheit", "readings").apply(ALARM)).toBe(ALARM);
  });
});

describe("putting a node into a wire", () => {
  it("lets it read the topic, and what followed read its output", () => {
    const wire = wiresOf(topicUses(ALARM.flow).get("readings") ?? raise())[0] ?? raise();
    const { flow } = splice(wire, "lonely", "in", "out").apply(ALARM);
    expect(flow.nodes?.lonely).toEqual({
      type: "debug",
      inputs: { in: ["readings"] },
      outputs: { out: ["lonely"] },
    });
    expect(flow.nodes?.convert?.inputs).toEqual({ in: ["lonely"] });
  });
});

function raise(): never {
  throw new Error("The flow of the tests lacks this.");
}

describe("drawing from an output that feeds a topic of others too", () => {
  it("makes a topic of its own, so that the wire carries what was drawn", () => {
    const shared = connectTopic("/alert", { from: a }).apply(PAIR);
    expect(connect(a, b).apply(shared).flow.nodes?.b?.inputs).toEqual({ in: ["a"] });
    const other = connectTopic("mixed", { from: { node: "c", port: "out" } }).apply(
      connectTopic("mixed", { from: a }).apply(PAIR),
    );
    expect(connect(a, b).apply(other).flow.nodes?.b?.inputs).toEqual({ in: ["a"] });
  });

  it("does nothing when the topic leads there already", () => {
    const led = connectTopic("/alert", { to: b }).apply(connectTopic("/alert", { from: a }).apply(PAIR));
    expect(connect(a, b).apply(led)).toBe(led);
  });
});
