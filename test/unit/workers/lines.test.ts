// What workers print, and how they are started.
import { describe, expect, it } from "vitest";
import { LineCutter, numbered } from "../../../engine/cli/workers/lines.ts";
import { wordsOf } from "../../../engine/cli/workers/words.ts";

describe("what workers print", () => {
  it("is cut into whole lines, however the pieces fall", () => {
    const cutter = new LineCutter();
    const lines = ["on", "e\ntwo\nth", "", "ree"].flatMap((piece) => cutter.take(piece));
    expect([...lines, ...cutter.rest(), ...cutter.rest()]).toEqual(["one", "two", "three"]);
  });

  it("carries the worker's number, in JSON lines as a field", () => {
    expect(numbered("12:00 hello", 2)).toBe("[2] 12:00 hello");
    expect(JSON.parse(numbered('{"level":30,"msg":"hello"}', 2))).toEqual({
      worker: 2,
      level: 30,
      msg: "hello",
    });
    expect(numbered('{"cut', 2)).toBe('[2] {"cut');
  });
});

describe("the command line of a worker", () => {
  const words = ["start", "--flows", "a", "b", "--port", "0", "--workers", "3"];

  it("gives the first the ports that people know", () => {
    expect(wordsOf(words, { number: 1, port: 3880, httpPort: 3881, safe: false, name: undefined })).toEqual([
      ...words,
      ...["--worker", "1", "--port", "3880", "--http-port", "3881"],
    ]);
  });

  it("gives the others any port for their admin API, no editor, and a name of their own", () => {
    expect(wordsOf(words, { number: 2, port: 3880, httpPort: 3881, safe: true, name: "plant" })).toEqual([
      ...words,
      ...["--worker", "2", "--port", "0", "--http-port", "3881", "--no-editor"],
      ...["--name", "plant-2", "--safe"],
    ]);
  });
});
