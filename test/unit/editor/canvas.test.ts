// What a document looks like on the canvas.
import { describe, expect, it } from "vitest";
import { elkGraph, placementOf } from "../../../editor/document/arrangement.ts";
import { freeSpot, toCanvas } from "../../../editor/document/canvas.ts";
import { portsOf } from "../../../editor/document/ports.ts";
import { parseWireId, wireId } from "../../../editor/document/wires.ts";
import { ALARM, catalogueOf, draftOf, typeOf } from "./flows.ts";

const types = catalogueOf(
  typeOf("timer", { outputs: { tick: {} } }),
  typeOf("script", { inputs: { in: {} }, outputs: { out: {} }, openOutputs: true }),
  typeOf("debug", { inputs: { in: {} } }),
  typeOf("switch", { inputs: { in: {} }, outputsFrom: ["rules[].port"], outputs: { else: {} } }),
);

describe("the canvas", () => {
  it("draws a wire where both ends are here, and a pill where one end is missing", () => {
    const canvas = toCanvas(ALARM, types);
    expect(canvas.pills.map(({ topic, fed, read }) => ({ topic, fed, read }))).toEqual([
      { topic: "/alert", fed: true, read: false },
    ]);
    expect(
      canvas.wires.map(({ topic, from, to, labelled }) => [topic, from?.node, to?.node, labelled]),
    ).toEqual([
      ["readings", "thermometer", "convert", true],
      ["fahrenheit", "convert", "alarm", true],
      ["/alert", "alarm", undefined, false],
    ]);
  });

  it("shows every declared topic, used or not", () => {
    expect(toCanvas(draftOf({ topics: { alone: {} } }), types).pills.map((pill) => pill.topic)).toEqual([
      "alone",
    ]);
  });

  it("shows a topic that is mentioned but not declared", () => {
    const draft = draftOf({ nodes: { log: { type: "debug", inputs: { in: ["mispelt"] } } } });
    expect(toCanvas(draft, types).pills.map((pill) => pill.topic)).toEqual(["mispelt"]);
  });

  it("labels one wire of a topic with several readers", () => {
    const draft = draftOf({
      topics: { t: {} },
      nodes: {
        a: { type: "timer", outputs: { tick: ["t"] } },
        b: { type: "debug", inputs: { in: ["t"] } },
        c: { type: "debug", inputs: { in: ["t"] } },
      },
    });
    expect(toCanvas(draft, types).wires.map((wire) => wire.labelled)).toEqual([true, false]);
  });

  it("gathers many emitters and many readers at a pill instead of a tangle", () => {
    const emitter = { type: "timer", outputs: { tick: ["t"] } };
    const reader = { type: "debug", inputs: { in: ["t"] } };
    const draft = draftOf({ topics: { t: {} }, nodes: { a: emitter, b: emitter, c: reader, d: reader } });
    const canvas = toCanvas(draft, types);
    expect([canvas.pills.length, canvas.wires.length]).toEqual([1, 4]);
  });

  it("keeps the size of a node in step with its ports", () => {
    const config = { rules: [{ port: "hot" }, { port: "cold" }, { port: "hot" }, {}] };
    const nodes = { plain: { type: "switch" }, ruled: { type: "switch", config } };
    const [plain, ruled] = toCanvas(draftOf({ nodes }), types).nodes;
    expect(ruled?.outputs).toEqual(["else", "hot", "cold"]);
    expect((ruled?.height ?? 0) - (plain?.height ?? 0)).toBe(40);
  });

  it("places what has no place apart from each other", () => {
    const { nodes } = toCanvas(draftOf({ nodes: { a: { type: "debug" }, b: { type: "debug" } } }), types);
    expect(new Set(nodes.map((node) => `${node.x},${node.y}`)).size).toBe(2);
  });

  it("finds a free spot beside what stands there", () => {
    const canvas = toCanvas(ALARM, types);
    const spot = freeSpot(canvas, { x: 0, y: 0 }, { width: 196, height: 62 });
    expect(spot).not.toEqual({ x: 0, y: 0 });
    expect(freeSpot(canvas, { x: 5_000, y: 5_003 }, { width: 196, height: 62 })).toEqual({
      x: 5_000,
      y: 5_000,
    });
  });
});

describe("ports", () => {
  it("marks wired ports that the type does not have", () => {
    const node = { type: "debug", inputs: { old: ["t"] }, outputs: { error: ["e"], odd: ["t"] } };
    expect(portsOf(node, types.get("debug"))).toEqual({
      inputs: [
        { name: "in", schema: {}, known: true },
        { name: "old", schema: true, known: false },
      ],
      outputs: [{ name: "odd", schema: true, known: false }],
    });
  });

  it("knows any output of a type with open outputs", () => {
    const { outputs } = portsOf({ type: "script", outputs: { extra: ["t"] } }, types.get("script"));
    expect(outputs.map(({ name, known }) => [name, known])).toEqual([
      ["out", true],
      ["extra", true],
    ]);
  });
});

describe("a wire's id", () => {
  it("says what the wire joins, whatever the names hold", () => {
    const from = { node: 'a">', port: "out" };
    const to = { node: "b", port: "in" };
    const id = wireId("/x y", from, to);
    expect(parseWireId(id)).toEqual({ id, topic: "/x y", from, to });
    expect(parseWireId(wireId("t", null, to)).from).toBe(null);
  });
});

describe("arranging", () => {
  it("hands over boxes, ports and wires, and only those asked for", () => {
    const canvas = toCanvas(ALARM, types);
    const all = elkGraph(canvas);
    expect(all.children.map((child) => child.id)).toEqual([
      "node:thermometer",
      "node:convert",
      "node:alarm",
      "node:lonely",
      "topic:/alert",
    ]);
    expect(all.edges.map((edge) => [edge.sources[0], edge.targets[0]])).toEqual([
      ["node:thermometer>tick", "node:convert<in"],
      ["node:convert>out", "node:alarm<in"],
      ["node:alarm>out", "topic:/alert"],
    ]);
    const part = elkGraph(canvas, new Set(["node:convert", "node:alarm"]));
    expect([part.children.length, part.edges.length]).toEqual([2, 1]);
  });

  it("puts the answer on the grid, its corner where it was", () => {
    const answer = {
      children: [
        { id: "node:a", x: 12, y: 12 },
        { id: "topic:/t", x: 131, y: 40 },
      ],
    };
    expect(placementOf(answer, { x: 80, y: 40 })).toEqual({
      nodes: { a: { x: 80, y: 40 } },
      topics: { "/t": { x: 200, y: 72 } },
    });
  });
});
