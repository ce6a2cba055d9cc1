// Random delivery trees through the running flow: nodes that emit, throw, hold, settle late and twice, and emit after
// they have settled. What comes out of a tree comes out once and whole, or not at all and as one dead letter.
import fc from "fast-check";
import { expect, test } from "vitest";
import { openEmbedded } from "../../../engine/backend/index.ts";
import { collector, driver, flowRunner, worker } from "../../support/flow-runner.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

const ATTEMPTS = 3;
const WAYS = ["plain", "later", "held", "held, then settled twice", "emits after it settled"] as const;

const branch = fc.record({
  way: fc.constantFrom(...WAYS),
  emits: fc.nat({ max: 3 }),
  /** Fails at every attempt below. 1: never. */
  failsBelow: fc.oneof({ arbitrary: fc.constant(1), weight: 4 }, fc.integer({ min: 2, max: ATTEMPTS + 1 })),
});
const tree = fc.record({
  branches: fc.array(branch, { maxLength: 4 }),
  failsBelow: fc.oneof({ arbitrary: fc.constant(1), weight: 4 }, fc.integer({ min: 2, max: ATTEMPTS + 1 })),
});
type Tree = typeof tree extends fc.Arbitrary<infer T> ? T : never;
type Branch = Tree["branches"][number];

interface Root extends Tree {
  readonly number: number;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const grow = worker("grow", async (message, context) => {
  const root = message.payload as Root;
  for (const [index, branch] of root.branches.entries()) {
    void context.emit("out", { ...branch, name: `${root.number}.${index}`, attempt: message.attempt });
  }
  if (message.attempt < root.failsBelow) throw new Error("The root fails.");
});

const leaf = worker(
  "leaf",
  async (message, context, delivery) => {
    const { way, emits, failsBelow, name, attempt } = message.payload as Branch & {
      name: string;
      attempt: number;
    };
    const emitAll = () => {
      for (let count = 0; count < emits; count++)
        void context.emit("out", `${name}.${count}`, { from: delivery });
    };
    const fails = attempt < failsBelow;
    if (way === "plain" || way === "later") {
      if (way === "later") await turn();
      emitAll();
      if (fails) throw new Error("A branch fails.");
      return;
    }
    delivery.hold();
    setImmediate(() => {
      emitAll();
      if (fails) delivery.fail(new Error("A held branch fails."));
      else delivery.settle();
      if (way === "held, then settled twice") {
        delivery.settle();
        delivery.fail(new Error("Too late to fail."));
      }
      if (way === "emits after it settled") {
        // It starts something new: it belongs to the tree no more, and must not disturb it.
        void context.emit("out", `${name}.late`, { from: delivery });
      }
    });
  },
  { concurrency: 3 },
);

/** What must come out: in all, or the number of the root as a dead letter. */
function expected(roots: readonly Root[]): { outputs: string[]; dead: number[] } {
  const isDead = (root: Root) =>
    Math.max(root.failsBelow, ...root.branches.map((each) => each.failsBelow)) > ATTEMPTS;
  const outputs = roots
    .filter((root) => !isDead(root))
    .flatMap(({ number, branches }) =>
      branches.flatMap(({ emits }, index) =>
        Array.from({ length: emits }, (_, count) => `${number}.${index}.${count}`),
      ),
    );
  return { outputs: outputs.sort(), dead: roots.filter(isDead).map(({ number }) => number) };
}

test("each tree comes out whole and once, or not at all and as one dead letter", async () => {
  await using backend = await openEmbedded({ folder: ":memory:", logger: quietLogger().logger });
  let flows = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(tree, { minLength: 1, maxLength: 12 }), async (trees) => {
      const name = `trees-${flows++}`;
      const roots = trees.map((each, number) => ({ ...each, number }));
      const source = driver();
      const [sink, dead] = [collector("sink"), collector("dead")];
      const definitions = [source.definition, sink.definition, dead.definition, grow, leaf];
      await using flow = flowRunner({ backend, definitions, name });
      await flow.deploy({
        topics: {
          roots: { delivery: "stream", retry: { attempts: ATTEMPTS, backoff: "1ms" } },
          "roots.dead": { delivery: "stream" },
          branches: {},
          leaves: { delivery: "stream" },
        },
        nodes: {
          source: { type: "driver", outputs: { out: ["roots"] } },
          grow: { type: "grow", inputs: { in: ["roots"] }, outputs: { out: ["branches"] } },
          leaf: { type: "leaf", inputs: { in: ["branches"] }, outputs: { out: ["leaves"] } },
          sink: { type: "sink", inputs: { in: ["leaves"] } },
          dead: { type: "dead", inputs: { in: ["roots.dead"] } },
        },
      });
      for (const root of roots) await source.emit(root);
      const wanted = expected(roots);
      await Promise.all([sink.got(wanted.outputs.length), dead.got(wanted.dead.length)]);
      await flow.settled("roots", "leaves", "roots.dead");
      const ofTrees = sink
        .payloads()
        .map(String)
        .filter((payload) => !payload.endsWith(".late"));
      expect(ofTrees.sort()).toEqual(wanted.outputs);
      expect(
        dead
          .payloads()
          .map((root) => (root as Root).number)
          .sort((a, b) => a - b),
      ).toEqual(wanted.dead);
    }),
    { numRuns: 60 },
  );
});
