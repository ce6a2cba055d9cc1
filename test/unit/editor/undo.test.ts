// Every edit can be taken back exactly: undo after any sequence of commands gives the same file, key order included.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addNode,
  addTopic,
  type Command,
  connect,
  connectTopic,
  moveItems,
  removeFile,
  removeItems,
  removeWires,
  renameTopic,
  setFile,
  setFlow,
  setFlowType,
  setInput,
  setNode,
  setOutput,
  setTopic,
  splice,
  together,
} from "../../../editor/document/commands.ts";
import type { Draft } from "../../../editor/document/draft.ts";
import { type History, NO_HISTORY, record, redo, seal, undo } from "../../../editor/document/history.ts";
import { topicUses, wiresOf } from "../../../editor/document/wires.ts";
import { ALARM } from "./flows.ts";

const node = fc.constantFrom(
  "thermometer",
  "convert",
  "alarm",
  "lonely",
  "new-1",
  "new-2",
  "7",
  "constructor",
);
const topic = fc.constantFrom("readings", "fahrenheit", "/alert", "extra", "3", "toString");
const port = fc.constantFrom("in", "out", "tick", "error");
const ref = fc.record({ node, port });
const at = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) });
const delivery = fc.constantFrom("memory", "pubsub", "stream", undefined);

/** A command, chosen when the draft it meets is known. */
type Step = (draft: Draft) => Command;
const wireAt = (draft: Draft, index: number) => {
  const wires = [...topicUses(draft.flow).values()].flatMap(wiresOf);
  return wires.length === 0 ? undefined : wires[index % wires.length];
};

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(node, at).map(
    ([id, place]) =>
      () =>
        addNode(id, { type: "script" }, place),
  ),
  fc.tuple(ref, ref).map(
    ([from, to]) =>
      () =>
        connect(from, to),
  ),
  fc.tuple(topic, ref).map(
    ([name, from]) =>
      () =>
        connectTopic(name, { from }),
  ),
  fc.tuple(topic, ref).map(
    ([name, to]) =>
      () =>
        connectTopic(name, { to }),
  ),
  fc.tuple(node, at).map(
    ([id, place]) =>
      () =>
        moveItems({ nodes: { [id]: place }, topics: {} }, "drag"),
  ),
  fc.tuple(topic, at).map(
    ([name, place]) =>
      () =>
        moveItems({ nodes: {}, topics: { [name]: place } }),
  ),
  fc
    .tuple(
      fc.subarray(["thermometer", "convert", "alarm", "new-1"]),
      fc.subarray(["readings", "/alert", "extra"]),
    )
    .map(
      ([nodes, topics]) =>
        () =>
          removeItems({ nodes, topics, wires: [] }),
    ),
  fc
    .nat(20)
    .map(
      (index) => (draft: Draft) => removeWires([wireAt(draft, index)].filter((wire) => wire !== undefined)),
    ),
  fc.tuple(node, fc.nat(20)).map(([id, index]) => (draft: Draft) => {
    const wire = wireAt(draft, index);
    return wire ? splice(wire, id, "in", "out") : together("nothing", []);
  }),
  fc.tuple(topic, topic).map(
    ([from, to]) =>
      () =>
        renameTopic(from, to),
  ),
  fc.tuple(topic, delivery).map(
    ([name, value]) =>
      () =>
        setTopic(name, { delivery: value }, "delivery"),
  ),
  fc.tuple(topic, at).map(
    ([name, place]) =>
      () =>
        addTopic(name, {}, place),
  ),
  fc.tuple(node, fc.string()).map(
    ([id, title]) =>
      () =>
        setNode(id, { title }, "title"),
  ),
  fc
    .tuple(node, fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }))
    .map(
      ([id, config]) =>
        () =>
          setNode(id, { config }),
    ),
  fc.tuple(node, fc.boolean()).map(
    ([id, off]) =>
      () =>
        setNode(id, { disabled: off ? true : undefined }),
  ),
  fc.tuple(ref, fc.subarray(["readings", "extra"])).map(
    ([to, list]) =>
      () =>
        setInput(to, list),
  ),
  fc.tuple(ref, fc.subarray(["fahrenheit", "extra"])).map(
    ([from, list]) =>
      () =>
        setOutput(from, list),
  ),
  fc.option(fc.string(), { nil: undefined }).map((title) => () => setFlow({ title }, "title")),
  fc.boolean().map((gone) => () => setFlowType("mine", gone ? undefined : { code: "return 1" })),
  fc.string().map((text) => () => setFile("main.alarm.ts", text)),
  fc.constant(() => removeFile("main.alarm.ts")),
);

interface State {
  readonly draft: Draft;
  readonly history: History;
}

function run(steps: readonly Step[], merging: boolean): State[] {
  const states: State[] = [{ draft: ALARM, history: NO_HISTORY }];
  for (const choose of steps) {
    const { draft, history } = states.at(-1) as State;
    const command = choose(draft);
    const next = command.apply(draft);
    const before = merging ? history : seal(history);
    const recorded = record(before, command, draft, next);
    if (recorded !== before) states.push({ draft: next, history: recorded });
  }
  return states;
}

describe("undo", () => {
  it("gives back the same file after any commands, and redo the result", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.boolean(), (steps, merging) => {
        const states = run(steps, merging);
        let { draft, history } = states.at(-1) as State;
        const end = JSON.stringify(draft);
        for (let back = undo(history, draft); back; back = undo(history, draft)) ({ draft, history } = back);
        expect(JSON.stringify(draft)).toBe(JSON.stringify(ALARM));
        for (let on = redo(history, draft); on; on = redo(history, draft)) ({ draft, history } = on);
        expect(JSON.stringify(draft)).toBe(end);
      }),
      { numRuns: 300 },
    );
  });

  it("goes back one mark at a time when nothing merges", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
        const states = run(steps, false);
        let { draft, history } = states.at(-1) as State;
        for (const earlier of states.slice(0, -1).reverse()) {
          const back = undo(history, draft);
          expect(JSON.stringify(back?.draft)).toBe(JSON.stringify(earlier.draft));
          if (back) ({ draft, history } = back);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("takes back typing in one field as one step, until the field is left", () => {
    const typed = ["A", "Ab", "Abc"].map(
      (title): Step =>
        () =>
          setNode("alarm", { title }, "title"),
    );
    const states = run(typed, true);
    expect(states.at(-1)?.history.past.map((mark) => mark.label)).toEqual(["Change alarm"]);
    const { draft, history } = states.at(-1) as State;
    expect(
      record(seal(history), setNode("alarm", { title: "x" }, "title"), draft, {
        ...draft,
        flow: { ...draft.flow, title: "x" },
      }).past,
    ).toHaveLength(2);
  });

  it("forgets what was undone when something else is done", () => {
    const renamed = setFlow({ title: "New" });
    const after = renamed.apply(ALARM);
    const history = record(NO_HISTORY, renamed, ALARM, after);
    const back = undo(history, after);
    const other = setFlow({ title: "Other" });
    expect(record(back?.history ?? NO_HISTORY, other, ALARM, other.apply(ALARM)).future).toEqual([]);
  });
});
