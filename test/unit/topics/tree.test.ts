import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Effect } from "../../../engine/backend/backend.ts";
import { Tree, type TreeEnd } from "../../../engine/topics/tree.ts";

const input = (id: string) => ({
  subscription: { stream: { flow: "main", topic: "in" }, group: "main/node", consumer: "engine:boot" },
  id,
});
const effect = (text: string): Effect => ({
  kind: "append",
  stream: { flow: "main", topic: "out" },
  body: new TextEncoder().encode(text),
});

function grow() {
  const settled: Tree[] = [];
  const ends = new Map<string, TreeEnd>();
  const settler = { settle: (root: Tree) => void settled.push(root) };
  const owner = { released: (tree: Tree, end: TreeEnd) => void ends.set(tree.input.id, end) };
  return { settled, ends, tree: (id: string) => new Tree(owner, settler, input(id)) };
}

describe("a delivery tree", () => {
  test("is done once, when its last branch has settled", () => {
    const { settled, tree } = grow();
    const root = tree("1-0");
    root.branch();
    root.branch();
    root.settle();
    root.settle();
    expect(settled).toEqual([]);
    root.settle();
    expect(settled).toEqual([root]);
  });

  test("keeps its first failure", () => {
    const { tree } = grow();
    const root = tree("1-0");
    root.branch();
    root.fail({ error: "first", node: "a" });
    root.fail({ error: "second", node: "b" });
    expect(root.failure).toEqual({ error: "first", node: "a" });
  });

  test("tells those who hold a branch, once, when nothing will come of it", async () => {
    const { tree } = grow();
    const told: string[] = [];
    const lost = {
      failed: (root: Tree) => root.fail({ error: "no", node: "a" }),
      abandoned: (root: Tree) => root.abandon(),
      "joined into a lost one": (root: Tree) => {
        const other = tree("9-0");
        other.abandon();
        other.join(root);
      },
      "resting on a lost one": (root: Tree) => {
        const other = tree("8-0");
        root.waitFor(other);
        other.abandon();
      },
    };
    for (const [how, lose] of Object.entries(lost)) {
      const root = tree("1-0");
      root.branch();
      root.whenLost(() => told.push(how));
      lose(root);
      root.abandon();
      root.whenLost(() => told.push(`later: ${how}`));
      await Promise.resolve();
    }
    expect(told).toEqual(Object.keys(lost).flatMap((how) => [how, `later: ${how}`]));
  });

  test("joined with others settles with them, and holds what all of them hold", () => {
    const { settled, ends, tree } = grow();
    const [one, two, three] = [tree("1-0"), tree("2-0"), tree("3-0")];
    one.hold(effect("a"));
    two.hold(effect("b"));
    one.join(two);
    three.join(one);
    two.hold(effect("c"));
    one.settle();
    two.settle();
    expect(settled).toEqual([]);
    three.settle();
    expect(settled).toEqual([three]);
    expect(three.members).toEqual([three, one, two]);
    expect(
      one.effects.map((each) => (each.kind === "append" ? String.fromCharCode(...each.body) : "")),
    ).toEqual(["a", "b", "c"]);
    three.conclude("committed");
    expect([...ends]).toEqual([
      ["3-0", "committed"],
      ["1-0", "committed"],
      ["2-0", "committed"],
    ]);
  });

  test("refuses an outbox without end", () => {
    const { tree } = grow();
    const root = tree("1-0");
    const megabyte = "x".repeat(1024 * 1024);
    for (let count = 0; count < 16; count++) root.hold(effect(megabyte));
    expect(() => root.hold(effect("x"))).toThrow("16 MB");
  });

  test("tells those who wait for it how it ended, also through a join", async () => {
    const { tree } = grow();
    const [one, two] = [tree("1-0"), tree("2-0")];
    const outcome = one.outcome();
    two.join(one);
    two.conclude("fenced");
    expect(await outcome).toBe(false);
  });

  test("is done exactly once for any order of branches, settlements and joins", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ tree: fc.nat(3), join: fc.option(fc.nat(3)), branches: fc.nat(3) })),
        (steps) => {
          const { settled, tree } = grow();
          const trees = ["1", "2", "3", "4"].map(tree);
          const open = trees.map(() => 1);
          for (const { tree: index, join, branches } of steps) {
            const current = trees[index] as Tree;
            for (let count = 0; count < branches; count++) current.branch();
            open[index] = (open[index] ?? 0) + branches;
            if (join !== null) current.join(trees[join] as Tree);
          }
          expect(settled).toEqual([]);
          trees.forEach((each, index) => {
            for (let count = 0; count < (open[index] ?? 0); count++) each.settle();
          });
          expect(new Set(settled)).toEqual(new Set(trees.map((each) => each.root)));
          expect(settled.length).toBe(new Set(settled).size);
        },
      ),
    );
  });
});
