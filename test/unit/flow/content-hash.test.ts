// When two flows are the same.
import { describe, expect, it } from "vitest";
import { contentHash, contentHashes, type FlowBundle } from "../../../engine/flow/index.ts";
import { bundleOf, files, sound } from "./fixture.ts";

const bundle: FlowBundle = { ...bundleOf(sound, files), layout: { nodes: { alarm: { x: 1, y: 2 } } } };

describe("the hash of a flow", () => {
  it("does not depend on the order of keys, nor on files that the flow does not name", () => {
    const { nodes, ...rest } = sound;
    const turned = bundleOf({ nodes, ...rest }, { "main.other.ts": "x", ...files });
    expect(contentHash({ ...turned, layout: { nodes: { alarm: { y: 2, x: 1 } } } })).toBe(
      contentHash(bundle),
    );
  });

  it("has a part for the logic, for the files and for the layout", () => {
    const { logic, files: texts, layout } = contentHashes(bundle);
    const moved = { ...bundle, layout: { nodes: { alarm: { x: 9, y: 2 } } } };
    expect(contentHashes(moved)).toEqual({ logic, files: texts, layout: expect.not.stringMatching(layout) });
    const edited = { ...bundle, files: { "main.alarm.ts": "return 1" } };
    expect(contentHashes(edited)).toEqual({ logic, files: expect.not.stringMatching(texts), layout });
    const renamed = { ...bundle, flow: { ...bundle.flow, title: "Other" } };
    expect(contentHashes(renamed)).toEqual({ logic: expect.not.stringMatching(logic), files: texts, layout });
    expect(new Set([bundle, moved, edited, renamed].map(contentHash)).size).toBe(4);
  });
});
