// Nodes that nobody placed: in columns along the wires, and where they stand once the flow is redrawn.
import { describe, expect, it } from "vitest";
import { addNode, connect, setNode } from "../../../editor/document/commands.ts";
import { freePlaces, settlePlaces } from "../../../editor/document/places.ts";
import { ALARM, draftOf } from "./flows.ts";

const UNPLACED = { ...ALARM, layout: {} };

describe("free places", () => {
  it("follow the wires from left to right", () => {
    const columns = [...freePlaces(UNPLACED)].map(([id, place]) => [id, place.x]);
    expect(columns).toEqual([
      ["thermometer", 80],
      ["convert", 400],
      ["alarm", 720],
      ["lonely", 80],
    ]);
  });

  it("end although wires lead in circles, however long the chain", () => {
    const count = 20_000;
    const nodes = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `n${index}`,
        { type: "script", inputs: { in: [`t${index}`] }, outputs: { out: [`t${(index + 1) % count}`] } },
      ]),
    );
    expect(freePlaces(draftOf({ nodes })).size).toBe(count);
  });

  it("are below what is placed, and only for what is not", () => {
    expect([...freePlaces(ALARM).entries()]).toEqual([["lonely", { x: 80, y: 160 }]]);
  });
});

describe("an edit of a flow without places", () => {
  it("that redraws writes down where everything stood", () => {
    const wire = connect({ node: "thermometer", port: "tick" }, { node: "lonely", port: "in" });
    const settled = settlePlaces(UNPLACED, wire.apply(UNPLACED));
    expect(settled.layout.nodes).toEqual(Object.fromEntries(freePlaces(UNPLACED)));
    const added = settlePlaces(UNPLACED, addNode("x", { type: "debug" }, { x: 1, y: 2 }).apply(UNPLACED));
    expect(added.layout.nodes?.x).toEqual({ x: 1, y: 2 });
    expect(added.layout.nodes?.alarm).toEqual({ x: 720, y: 80 });
  });

  it("that draws nothing new leaves the layout alone", () => {
    expect(settlePlaces(UNPLACED, setNode("alarm", { title: "New" }).apply(UNPLACED)).layout).toEqual({});
  });
});
