// Copy and paste: names of the copy never clash, and wires inside it lead inside it.
import { describe, expect, it } from "vitest";
import { copySelection, parseClip } from "../../../editor/document/clipboard.ts";
import { duplicate, paste } from "../../../editor/document/paste.ts";
import { ALARM, draftOf } from "./flows.ts";

const places = { nodes: ALARM.layout.nodes ?? {}, topics: {} };
const copied = (...nodes: string[]) => {
  const clip = copySelection(ALARM, { nodes, topics: [], wires: [] }, places);
  if (!clip) throw new Error("Nothing was copied.");
  return clip;
};

describe("pasting", () => {
  it("into an empty flow gives the same nodes, topics and files", () => {
    const clip = parseClip(JSON.stringify(copied("thermometer", "convert", "alarm")));
    const { command, selection } = paste(draftOf({}), clip ?? raise(), { x: 10, y: 20 });
    const { flow, layout, files } = command.apply(draftOf({}));
    const { lonely: _, ...nodes } = ALARM.flow.nodes ?? {};
    expect(flow).toEqual({ topics: ALARM.flow.topics, nodes });
    expect(files).toEqual(ALARM.files);
    expect(layout.nodes?.convert).toEqual({ x: 310, y: 20 });
    expect(selection.nodes).toEqual(["thermometer", "convert", "alarm"]);
  });

  it("beside the original renames ids, what it emits, and files; what it only reads stays", () => {
    const { flow, files, layout } = duplicate(ALARM, copied("convert", "alarm")).command.apply(ALARM);
    expect(flow.nodes?.["convert-2"]).toEqual({
      type: "script",
      inputs: { in: ["readings"] },
      outputs: { out: ["fahrenheit-2"] },
    });
    expect(flow.nodes?.["alarm-2"]).toEqual({
      ...ALARM.flow.nodes?.alarm,
      inputs: { in: [{ topic: "fahrenheit-2", from: "start" }] },
      config: { code: { $file: "main.alarm-2.ts" } },
    });
    expect(files).toEqual({ "main.alarm.ts": "return 1", "main.alarm-2.ts": "return 1" });
    expect(Object.keys(flow.topics ?? {})).toEqual(["readings", "fahrenheit", "/alert", "fahrenheit-2"]);
    expect(layout.nodes?.["alarm-2"]).toEqual({ x: 632, y: 32 });
  });

  it("twice gives further names", () => {
    const once = paste(ALARM, copied("alarm"), { x: 0, y: 0 }).command.apply(ALARM);
    const twice = paste(once, copied("alarm"), { x: 0, y: 0 });
    expect(twice.selection.nodes).toEqual(["alarm-3"]);
  });

  it("takes along the types that are scripted in the flow, unless they exist", () => {
    const typed = draftOf({ types: { mine: { code: "return 1" } }, nodes: { a: { type: "mine" } } });
    const clip =
      copySelection(typed, { nodes: ["a"], topics: [], wires: [] }, { nodes: {}, topics: {} }) ?? raise();
    expect(paste(draftOf({}), clip, { x: 0, y: 0 }).command.apply(draftOf({})).flow.types).toEqual(
      typed.flow.types,
    );
    const other = draftOf({ types: { mine: { code: "return 2" } } });
    expect(paste(other, clip, { x: 0, y: 0 }).command.apply(other).flow.types).toEqual(other.flow.types);
  });

  it("declares a topic that the other flow lacks", () => {
    const lacking = draftOf({ nodes: {} });
    const { flow } = paste(lacking, copied("convert"), { x: 0, y: 0 }).command.apply(lacking);
    expect(flow.topics).toEqual({ readings: { delivery: "stream" }, fahrenheit: {} });
  });
});

describe("a text from the clipboard", () => {
  it.each([
    "",
    "hello",
    "{}",
    "[1]",
    '{"format":"millrace/clip-1"}',
    '{"format":"millrace/clip-1","nodes":{"a":1}}',
  ])("that is no copy of nodes is left alone: %s", (text) => {
    expect(parseClip(text)).toBe(null);
  });

  it("copies nothing when nothing is selected", () => {
    expect(copySelection(ALARM, { nodes: ["gone"], topics: [], wires: [] }, places)).toBe(null);
  });
});

function raise(): never {
  throw new Error("Expected something.");
}
