// What scripts keep: updates are atomic, whoever else changes the key.
import { afterAll, expect, it } from "vitest";
import { makeSandbox, outcomes, source, Witness } from "./support.ts";

const sandbox = makeSandbox();
afterAll(() => sandbox[Symbol.asyncDispose]());
const flow = sandbox.forFlow("main");

it("updates a key one step after the other, even when nobody waits in between", async () => {
  const witness = new Witness();
  const script = await flow.load(
    source("await Promise.all([1, 2, 3, 4].map((n) => state.update('sum', (sum) => (sum ?? 0) + n)))"),
    witness,
  );
  await outcomes(script, [1, 1], witness);
  expect(witness.stored.get("node sum")).toBe(20);
});

it("loses no update that others make meanwhile, and asks for the next value again", async () => {
  const witness = new Witness();
  const counting = source(`
    return state.flow.update("counts", (counts) => {
      const next = counts ?? { all: 0, by: new Map() };
      next.all += message.payload;
      next.by.set(config.name, (next.by.get(config.name) ?? 0) + 1);
      return next;
    });`);
  const names = ["one", "two", "three"];
  const scripts = await Promise.all(
    names.map((name) => flow.load({ ...counting, config: { name } }, witness)),
  );
  await Promise.all(
    scripts.map((script) =>
      outcomes(
        script,
        Array.from({ length: 30 }, () => 1),
        witness,
      ),
    ),
  );
  expect(witness.stored.get("flow counts")).toEqual({
    all: 90,
    by: new Map(names.map((name) => [name, 30])),
  });
});

it("tells null from nothing, and deletes by an update to nothing", async () => {
  const witness = new Witness();
  witness.stored.set("node nothing", null);
  const script = await flow.load(
    source(`
      const seen = [];
      await state.update("nothing", (value) => { seen.push(value === null); return undefined; });
      await state.update("nothing", (value) => { seen.push(value === undefined); return null; });
      return [[...seen, await state.get("nothing")]];`),
    witness,
  );
  expect(await outcomes(script, [1], witness)).toMatchObject([
    { ok: true, emits: [{ payload: [true, true, null] }] },
  ]);
  expect(witness.stored).toEqual(new Map([["node nothing", null]]));
});

it("hears when state cannot be reached", async () => {
  const witness = new Witness();
  witness.state = async () => {
    throw new Error("Redis is down.");
  };
  const script = await flow.load(
    source("try { await state.get('a') } catch (e) { return e.message }"),
    witness,
  );
  expect(await outcomes(script, [1], witness)).toEqual([
    { ok: true, emits: [{ port: "out", payload: "Redis is down." }] },
  ]);
});
