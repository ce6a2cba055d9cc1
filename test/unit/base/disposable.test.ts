// Who opens, closes: in reverse order, once, all of it.
import { describe, expect, it } from "vitest";
import { disposable, Owned } from "../../../engine/base/disposable.ts";

const closing = (log: string[], name: string) => ({
  async [Symbol.asyncDispose]() {
    await null;
    log.push(name);
  },
});

describe("what is owned", () => {
  it("closes last first, each awaited before the next, of either kind", async () => {
    const log: string[] = [];
    {
      await using owned = new Owned();
      owned.add(closing(log, "first"));
      owned.add({ [Symbol.dispose]: () => log.push("second") });
      owned.defer(async () => log.push("third"));
    }
    expect(log).toEqual(["third", "second", "first"]);
  });

  it("closes once, however often it is asked", async () => {
    const log: string[] = [];
    const owned = new Owned();
    owned.add(closing(log, "only"));
    await Promise.all([owned[Symbol.asyncDispose](), owned[Symbol.asyncDispose]()]);
    await owned[Symbol.asyncDispose]();
    expect(log).toEqual(["only"]);
  });

  it("closes the rest when one fails, and throws the first failure", async () => {
    const log: string[] = [];
    const owned = new Owned();
    owned.add(closing(log, "first"));
    owned.defer(() => Promise.reject(new Error("later")));
    owned.defer(() => {
      throw new Error("sooner");
    });
    await expect(owned[Symbol.asyncDispose]()).rejects.toThrow("sooner");
    expect(log).toEqual(["first"]);
  });
});

it("a disposable from a function calls it once", () => {
  let calls = 0;
  const handle = disposable(() => calls++);
  handle[Symbol.dispose]();
  handle[Symbol.dispose]();
  expect(calls).toBe(1);
});
