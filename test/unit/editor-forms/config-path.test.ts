// Code moves into files: one step, one undo, names that say where they belong.
import { expect, test } from "vitest";
import { moveToFile, newFileName, setIn } from "../../../editor/inspector/form/config-path.ts";

test("a value is set at a path without touching what lies beside it", () => {
  const config = { a: { b: 1 }, rules: [{ code: "x" }, { code: "y" }] };
  const next = setIn(config, ["rules", 1, "code"], { $file: "f" });
  expect(next).toEqual({ a: { b: 1 }, rules: [{ code: "x" }, { code: { $file: "f" } }] });
  expect((next as typeof config).a).toBe(config.a);
  expect(setIn(undefined, ["a", "b"], 1)).toEqual({ a: { b: 1 } });
});

test("a file is named after flow, node and field, by its language, and never takes another's place", () => {
  expect(newFileName("main", "convert", ["code"], "typescript", {})).toBe("main.convert.ts");
  expect(newFileName("main", "convert", ["code"], "typescript", { "main.convert.ts": "" })).toBe(
    "main.convert-2.ts",
  );
  expect(newFileName("My flow", "a/b", ["rules", 0, "query"], "sql", {})).toBe(
    "my-flow.a-b.rules.0.query.sql",
  );
});

test("moving code to a file changes the config and the file in one command", () => {
  const draft = {
    flow: { nodes: { convert: { type: "script", config: { code: "x", timeout: "1s" } } } },
    layout: {},
    files: {},
  };
  const after = moveToFile("convert", ["code"], "main.convert.ts", "return 1;").apply(draft);
  expect(after.files).toEqual({ "main.convert.ts": "return 1;" });
  expect(after.flow.nodes?.convert?.config).toEqual({ code: { $file: "main.convert.ts" }, timeout: "1s" });
  expect(moveToFile("gone", ["code"], "f", "").apply(draft)).toBe(draft);
});
