// The store of open flows, the count of edits, names, problems, search.
import { describe, expect, it } from "vitest";
import { fullness, short } from "../../../editor/canvas/numbers.ts";
import { setFlow, setNode } from "../../../editor/document/commands.ts";
import { edits } from "../../../editor/document/edits.ts";
import { inspected } from "../../../editor/document/inspected.ts";
import { freeNodeId, slug, topicNameProblem } from "../../../editor/document/naming.ts";
import { problemCounts, problemPlace } from "../../../editor/document/problems.ts";
import { createDocumentStore } from "../../../editor/document/store.ts";
import { wireId } from "../../../editor/document/wires.ts";
import { searchTypes } from "../../../editor/palette/search.ts";
import { ALARM, typeOf } from "./flows.ts";

const DETAIL = { name: "main", revision: 4, ...ALARM };

describe("the store", () => {
  it("edits the open flow only, and takes it back", () => {
    const store = createDocumentStore();
    store.load(DETAIL);
    store.load({ ...DETAIL, name: "other" });
    store.show("main");
    store.dispatch(setFlow({ title: "New" }));
    const { main, other } = store.state.getState().documents;
    expect([main?.draft.flow.title, other?.draft.flow.title]).toEqual(["New", "Alarm"]);
    store.undo();
    expect(store.current().draft).toEqual(ALARM);
    store.redo();
    expect(store.current().draft.flow.title).toBe("New");
  });

  it("goes on with unsaved work on the revision it began with", () => {
    const store = createDocumentStore();
    store.load(DETAIL, { draft: { ...ALARM, flow: {} }, revision: 3 });
    store.show("main");
    expect([
      store.current().revision,
      store.current().deployed.flow.title,
      store.current().draft.flow,
    ]).toEqual([3, "Alarm", {}]);
  });

  it("brings the draft back by undo after the server's version was taken", () => {
    const store = createDocumentStore();
    store.load(DETAIL);
    store.show("main");
    store.dispatch(setFlow({ title: "Mine" }));
    store.setDeployed({ ...DETAIL, revision: 5, flow: { ...ALARM.flow, title: "Theirs" } }, true);
    expect([store.current().draft.flow.title, store.current().revision]).toEqual(["Theirs", 5]);
    store.undo();
    expect(store.current().draft.flow.title).toBe("Mine");
  });

  it("forgets what no longer exists when it selected it", () => {
    const store = createDocumentStore();
    store.load(DETAIL);
    store.show("main");
    store.dispatch({
      label: "Add",
      apply: (draft) => ({ ...draft, flow: { ...draft.flow, nodes: { x: { type: "debug" } } } }),
    });
    store.select({ nodes: ["x"] });
    store.undo();
    expect(store.current().selection.nodes).toEqual([]);
  });

  it("shows another flow when the open one is closed", () => {
    const store = createDocumentStore();
    store.load(DETAIL);
    store.load({ ...DETAIL, name: "other" });
    store.show("main");
    store.close("main");
    expect(store.current().name).toBe("other");
  });
});

describe("the count of edits", () => {
  it("is nothing for the same document, whatever the order of keys", () => {
    const turned = {
      ...ALARM,
      flow: { nodes: ALARM.flow.nodes ?? {}, topics: ALARM.flow.topics ?? {}, title: "Alarm" },
    };
    expect(edits(ALARM, turned)).toEqual([]);
  });

  it("names each thing once", () => {
    const { lonely: _, ...nodes } = ALARM.flow.nodes ?? {};
    const draft = {
      flow: { ...ALARM.flow, title: "New", topics: { ...ALARM.flow.topics, extra: {} }, nodes },
      layout: { nodes: { alarm: { x: 1, y: 1 } } },
      files: { "main.alarm.ts": "return 2" },
    };
    expect(edits(ALARM, draft)).toEqual([
      { kind: "flow", name: "title", change: "changed" },
      { kind: "topic", name: "extra", change: "added" },
      { kind: "node", name: "lonely", change: "removed" },
      { kind: "file", name: "main.alarm.ts", change: "changed" },
      { kind: "layout", name: "layout", change: "changed" },
    ]);
    expect(edits(ALARM, setNode("alarm", { title: "x" }).apply(ALARM))).toEqual([
      { kind: "node", name: "alarm", change: "changed" },
    ]);
  });
});

describe("names", () => {
  it("are words with dashes, and free", () => {
    expect([slug("Über Alarm! 2"), slug("温度 报警"), slug("--"), slug("__proto__")]).toEqual([
      "über-alarm-2",
      "温度-报警",
      "unnamed",
      "__proto__",
    ]);
    expect(freeNodeId({ nodes: { timer: { type: "timer" }, "timer-2": { type: "timer" } } }, "timer")).toBe(
      "timer-3",
    );
    expect(freeNodeId({}, "constructor")).toBe("unnamed");
  });

  it("of topics are refused with a reason", () => {
    expect(topicNameProblem({ a: {} }, "b")).toBe(null);
    expect(topicNameProblem({ a: {} }, "a", "a")).toBe(null);
    expect(topicNameProblem({ a: {} }, "a")).toBe('"a" exists already. Choose another name.');
    expect(topicNameProblem({}, " ")).toBe("A topic needs a name.");
    expect(topicNameProblem({}, "a b")).toContain('"a b" holds a blank');
    expect(topicNameProblem({}, "__proto__")).toContain("cannot be a name");
  });
});

describe("problems", () => {
  const problem = (path: string, severity: "error" | "warning" = "error") => ({
    severity,
    code: "x",
    message: "",
    path,
  });

  it("belong to nodes, topics or the flow", () => {
    expect(problemPlace(problem("/nodes/a~1b/config/every"))).toEqual({
      node: "a/b",
      path: "/nodes/a~1b/config/every",
    });
    expect(problemPlace(problem("/topics/~1alert"))).toEqual({ topic: "/alert", path: "/topics/~1alert" });
    expect(problemPlace(problem(""))).toEqual({ path: "" });
  });

  it("are counted where they belong", () => {
    const counts = problemCounts([
      problem("/nodes/a/type"),
      problem("/nodes/a/config", "warning"),
      problem(""),
    ]);
    expect(Object.fromEntries(counts)).toEqual({
      "node:a": { errors: 1, warnings: 1 },
      flow: { errors: 1, warnings: 0 },
    });
  });
});

describe("the inspector", () => {
  it("shows one node, the topic of a wire, several things, or the flow", () => {
    const wire = wireId("t", { node: "a", port: "out" }, { node: "b", port: "in" });
    expect(inspected({ nodes: ["a"], topics: [], wires: [] })).toEqual({ kind: "node", id: "a" });
    expect(inspected({ nodes: [], topics: ["t"], wires: [wire] })).toEqual({ kind: "topic", name: "t" });
    expect(inspected({ nodes: ["a"], topics: [], wires: [wire] }).kind).toBe("several");
    expect(inspected({ nodes: [], topics: [], wires: [] })).toEqual({ kind: "flow" });
  });
});

describe("the palette's search", () => {
  const types = [
    typeOf("delay", { title: "Delay" }),
    typeOf("change", { title: "Change", summary: "Set, delete and move." }),
    typeOf("debug", { title: "Debug" }),
  ];
  it("finds by every word, the best first", () => {
    expect(searchTypes(types, "del").map((info) => info.type)).toEqual(["delay", "change"]);
    expect(searchTypes(types, "del deb")).toEqual([]);
    expect(searchTypes(types, " ").length).toBe(3);
  });
});

describe("numbers on wires", () => {
  it("stay short", () => {
    expect([0.25, 3, 12.4, 999, 1_500, 23_456, 999_600, 4_200_000].map(short)).toEqual([
      "0.3",
      "3",
      "12",
      "999",
      "1.5k",
      "23k",
      "1M",
      "4.2M",
    ]);
  });

  it("turn amber at 70 % and red at 90 % of the limit", () => {
    expect([699, 700, 899, 900].map((waiting) => fullness(waiting, 1_000))).toEqual([
      "low",
      "high",
      "high",
      "full",
    ]);
  });
});
