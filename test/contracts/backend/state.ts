// State: bytes by scope and key, and the compare-and-set that concurrent updates rest on.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { bytes, someTopic, text } from "./given.ts";
import type { Given } from "./suite.ts";

export function stateContract({ shared }: Given): void {
  const scopes = () => {
    const { flow } = someTopic();
    return [`flow:${flow}`, `node:${flow}/node`, `node:${flow}/other node`, "global"];
  };

  test("keeps values by scope and key", async () => {
    const { state } = shared();
    const key = randomUUID();
    for (const scope of scopes()) {
      expect(await state.get(scope, key)).toBeUndefined();
      await state.set(scope, key, bytes(`${scope} 1`));
      await state.set(scope, key, bytes(`${scope} 2`));
      expect(text(await state.get(scope, key))).toBe(`${scope} 2`);
      await state.delete(scope, key);
      expect(await state.get(scope, key)).toBeUndefined();
    }
  });

  test("lists the keys of a scope", async () => {
    const { state } = shared();
    const [scope = "", other = ""] = scopes();
    await state.set(scope, "b", bytes("1"));
    await state.set(scope, "a:{x}", bytes("2"));
    await state.set(other, "c", bytes("3"));
    expect((await state.keys(scope)).sort()).toEqual(["a:{x}", "b"]);
    await state.delete(scope, "b");
    expect(await state.keys(scope)).toEqual(["a:{x}"]);
  });

  test("carries every byte value, and the empty value", async () => {
    const { state } = shared();
    const [scope = ""] = scopes();
    const every = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    await state.set(scope, "every", every);
    await state.set(scope, "empty", new Uint8Array());
    expect(every.equals((await state.get(scope, "every")) ?? new Uint8Array())).toBe(true);
    expect((await state.get(scope, "empty"))?.length).toBe(0);
  });

  test("sets only what is still as expected", async () => {
    const { state } = shared();
    const [scope = ""] = scopes();
    const set = (expected: string | undefined, value: string | undefined) =>
      state.compareAndSet(
        scope,
        "k",
        expected === undefined ? undefined : bytes(expected),
        value === undefined ? undefined : bytes(value),
      );
    expect(await set("x", "1")).toBe(false);
    expect(await set(undefined, "1")).toBe(true);
    expect(await set(undefined, "2")).toBe(false);
    expect(await set("1", "2")).toBe(true);
    expect(text(await state.get(scope, "k"))).toBe("2");
    expect(await set("1", undefined)).toBe(false);
    expect(await set("2", undefined)).toBe(true);
    expect(await state.get(scope, "k")).toBeUndefined();
    expect(await set(undefined, "")).toBe(true);
    expect(await set(undefined, "y")).toBe(false);
    expect(await set("", "y")).toBe(true);
  });

  test("loses no update of concurrent compare-and-set loops", async () => {
    const { state } = shared();
    const [scope = ""] = scopes();
    const increment = async (): Promise<void> => {
      const value = await state.get(scope, "count");
      const next = bytes(String(Number(text(value) ?? 0) + 1));
      if (!(await state.compareAndSet(scope, "count", value, next))) return increment();
    };
    await Promise.all(Array.from({ length: 20 }, increment));
    expect(text(await state.get(scope, "count"))).toBe("20");
  });
}
