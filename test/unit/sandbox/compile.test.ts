// Which form a script has, what it is handed, and where its syntax errors are.
import { describe, expect, it } from "vitest";
import { prepare, SourceError, usedNames } from "../../../engine/sandbox/runner/compile.ts";

const formOf = (code: string) => prepare("main.x.ts", code).form;

describe("prepare", () => {
  it.each([
    "export default (message) => message.payload",
    "const a: number = 1;\nexport default async function run(message: any) { return a }",
    "// says\n  export default () => 1; export const onStart = () => {}",
    "const run = () => 1;\nexport { run as default }",
  ])("takes code that exports for a module: %j", (code) => {
    expect(formOf(code)).toBe("module");
  });

  it.each([
    "return 1",
    "const exportDefault = 1; return exportDefault",
    "// export default is not used here\nreturn 1",
    "const text = `\nexport default x\n`;\nreturn text",
    "/*\nexport default 1\n*/ return 2",
    "",
  ])("takes everything else for a body: %j", (code) => {
    expect(formOf(code)).toBe("body");
  });

  it("makes a body with await an async function, and only that", () => {
    expect(prepare("x", "return await 1").code).toContain("async function");
    expect(prepare("x", "return 1").code).not.toContain("async");
  });

  it("strips types without moving anything", () => {
    expect(prepare("x", "const a: number = 1;\n  throw a as any").code.split("\n").slice(1, 3)).toEqual([
      "const a         = 1;",
      "  throw a       ",
    ]);
  });

  it.each([
    ["const a = 1;\n  const b: = 2;", { line: 2, column: 12 }],
    ["enum Color { Red }", { line: 1, column: 1 }],
    ["export default (m) => {\n  return (\n}", { line: 3, column: 1 }],
  ])("says where %j does not compile", (code, place) => {
    let thrown: unknown;
    try {
      prepare("main.x.ts", code);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SourceError);
    expect((thrown as SourceError).place).toEqual(place);
    expect((thrown as SourceError).message).toContain(`(main.x.ts:${place.line}:${place.column})`);
  });
});

describe("usedNames", () => {
  it("hands over only what the code mentions", () => {
    expect(usedNames("emit('out', config.a)")).toEqual(["emit", "config"]);
    expect(usedNames("return message.payload")).toEqual([]);
    expect(usedNames("emitter.go()")).toEqual([]);
  });

  it("hands over everything when a name may be written with escapes", () => {
    expect(usedNames("\\u0065mit('out', 1)")).toContain("emit");
  });
});
