// Flows on disk, in real folders.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FlowBundle, flowFiles, readFlow, writeFlow } from "../../../engine/flow/index.ts";
import { bundleOf, files, sound } from "./fixture.ts";

let outer: string;
let folder: string;
beforeEach(() => {
  outer = mkdtempSync(join(tmpdir(), "flows-"));
  folder = join(outer, "flows");
  mkdirSync(folder);
});
afterEach(() => rmSync(outer, { recursive: true }));

const put = (name: string, content: unknown) => {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    typeof content === "string" || content instanceof Buffer ? content : JSON.stringify(content),
  );
  return file;
};
const text = (name: string) => readFileSync(join(folder, name), "utf8");
const withCode = (file: string) => ({ nodes: { a: { type: "script", config: { code: { $file: file } } } } });

describe("reading a flow", () => {
  it("gives the flow, its layout and the text of the files that it names", async () => {
    const file = put("main.json", { ...sound, topics: { x: { proto: "protos/x.proto#a.B" } } });
    put("main.layout.json", { nodes: { alarm: { x: 1, y: 2 } } });
    put("main.alarm.ts", "return 1");
    put("main.other.ts", "not named");
    put("protos/x.proto", "syntax");
    const read = await readFlow(file);
    expect(read).toEqual({
      name: "main",
      bundle: {
        flow: { ...sound, topics: { x: { proto: "protos/x.proto#a.B" } } },
        layout: { nodes: { alarm: { x: 1, y: 2 } } },
        files: { "main.alarm.ts": "return 1", "protos/x.proto": "syntax" },
      },
      problems: [],
      text: text("main.json"),
    });
  });

  it("takes a byte order mark for what it is", async () => {
    expect((await readFlow(put("main.json", "\uFEFF{}"))).bundle.flow).toEqual({});
  });

  it.each<[string, string | Buffer, string]>([
    ["no JSON", "{,}", "flow/json"],
    ["a list", "[]", "flow/json"],
    ["no UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), "flow/unreadable"],
    ["too large", " ".repeat(10 * 1024 * 1024 + 1), "flow/too-big"],
    ["too deep", `{"a":${"[".repeat(200)}${"]".repeat(200)}}`, "flow/too-deep"],
  ])("tells of a file that is %s, with an empty bundle", async (_, content, code) => {
    const { bundle, problems } = await readFlow(put("main.json", content));
    expect([bundle, problems.map((problem) => problem.code)]).toEqual([bundleOf({}), [code]]);
  });

  it("tells of a file that is not there, and of a folder", async () => {
    const missing = await readFlow(join(folder, "none.json"));
    expect(missing.problems.map(({ code, message }) => [code, message])).toEqual([
      ["flow/not-found", `There is no flow at "${join(folder, "none.json")}". Check the path.`],
    ]);
    expect((await readFlow(folder)).problems.map((problem) => problem.code)).toEqual(["flow/unreadable"]);
  });

  it("reads nothing outside of its folder, by path or by link", async () => {
    writeFileSync(join(outer, "secret.txt"), "secret");
    mkdirSync(join(outer, "elsewhere"));
    writeFileSync(join(outer, "elsewhere", "a.txt"), "secret");
    symlinkSync(join(outer, "secret.txt"), join(folder, "link.txt"));
    symlinkSync(join(outer, "elsewhere"), join(folder, "linked"));
    symlinkSync(join(folder, "inside.txt"), join(folder, "fine.txt"));
    put("inside.txt", "inside");
    for (const [named, codes] of [
      ["../secret.txt", []],
      [join(outer, "secret.txt"), []],
      ["link.txt", ["flow/file-outside"]],
      ["linked/a.txt", ["flow/file-outside"]],
    ] as const) {
      const { bundle, problems } = await readFlow(put("main.json", withCode(named)));
      expect([named, bundle.files, problems.map((problem) => problem.code)]).toEqual([named, {}, codes]);
    }
    expect((await readFlow(put("main.json", withCode("fine.txt")))).bundle.files).toEqual({
      "fine.txt": "inside",
    });
  });

  it("tells of a named file that is no text, at the place that names it", async () => {
    put("a.bin", Buffer.from([0xff]));
    const { problems } = await readFlow(put("main.json", withCode("a.bin")));
    expect(problems).toEqual([
      {
        severity: "error",
        code: "flow/unreadable",
        message: '"a.bin" cannot be read: it is not UTF-8 text.',
        path: "/nodes/a/config/code/$file",
      },
    ]);
  });

  it("ignores a broken layout, and says so", async () => {
    const file = put("main.json", {});
    put("main.layout.json", "{");
    const { bundle, problems } = await readFlow(file);
    expect([bundle.layout, problems]).toEqual([
      {},
      [
        {
          severity: "warning",
          code: "flow/layout",
          message:
            'The layout "main.layout.json" is ignored: A closing "}" is missing at the end of the file. Add it.',
          path: "",
          file: "main.layout.json",
        },
      ],
    ]);
  });
});

describe("the flow files of paths", () => {
  it("are the flows of a folder by name, and files as they are named", async () => {
    for (const name of ["b.json", "a.json", "a.layout.json", "a.test.json", "package.json", ".hidden.json"])
      put(name, {});
    put("data.json", { rows: [1] });
    put("list.json", []);
    put("broken.json", "{");
    put("flow.json", { $schema: "../flow.schema.json" });
    put("a.ts", "");
    put("more/c.json", {});
    const other = put("more/data.json", { rows: [] });
    const names = (paths: string[]) => paths.map((path) => path.slice(folder.length + 1));
    expect(names(await flowFiles([folder, other, join(folder, "a.json")]))).toEqual([
      "a.json",
      "b.json",
      "broken.json",
      "flow.json",
      "more/data.json",
    ]);
  });

  it("must be there", async () => {
    await expect(flowFiles([join(folder, "none")])).rejects.toMatchObject({
      code: "flow/not-found",
      status: 404,
    });
  });
});

describe("writing a flow", () => {
  const bundle: FlowBundle = { ...bundleOf(sound, files), layout: { nodes: { alarm: { x: 1, y: 2 } } } };

  it("gives back what was written, and leaves what is the same untouched", async () => {
    const file = join(folder, "new", "main.json");
    expect((await writeFlow(file, bundle)).map((path) => path.slice(folder.length))).toEqual([
      "/new/main.alarm.ts",
      "/new/main.layout.json",
      "/new/main.json",
    ]);
    expect((await readFlow(file)).bundle).toEqual(bundle);
    const before = statSync(file).mtimeMs;
    expect(await writeFlow(file, bundle)).toEqual([]);
    expect(statSync(file).mtimeMs).toBe(before);
    expect(readdirSync(dirname(file))).toEqual(["main.alarm.ts", "main.json", "main.layout.json"]);
  });

  it("puts known fields in the documented order and keeps that of names", async () => {
    const flow = {
      nodes: { z: { config: { b: 1, a: 2 }, type: "x", outputs: { q: [], p: [] } }, a: { type: "y" } },
      topics: { z: { limit: 1, delivery: "stream" }, a: {} },
      extra: 1,
      title: "T",
    };
    await writeFlow(join(folder, "main.json"), bundleOf(flow));
    expect(text("main.json")).toBe(`{
  "title": "T",
  "topics": {
    "z": {
      "delivery": "stream",
      "limit": 1
    },
    "a": {}
  },
  "nodes": {
    "z": {
      "type": "x",
      "outputs": {
        "q": [],
        "p": []
      },
      "config": {
        "b": 1,
        "a": 2
      }
    },
    "a": {
      "type": "y"
    }
  },
  "extra": 1
}
`);
  });

  it("leaves code that is no longer named, and makes no empty layout", async () => {
    const file = put("main.json", sound);
    put("main.alarm.ts", "old");
    await writeFlow(file, bundleOf({ title: "Empty" }));
    expect(readdirSync(folder)).toEqual(["main.alarm.ts", "main.json"]);
    put("main.layout.json", { nodes: {} });
    await writeFlow(file, bundleOf({ title: "Empty" }));
    expect(text("main.layout.json")).toBe("{}\n");
  });

  it("keeps the rights of a file, and follows a link to where the flow lies", async () => {
    const real = put("real/main.json", {});
    chmodSync(real, 0o600);
    symlinkSync(real, join(folder, "main.json"));
    await writeFlow(join(folder, "main.json"), bundleOf({ title: "T" }));
    expect([text("real/main.json"), statSync(real).mode & 0o777]).toEqual(['{\n  "title": "T"\n}\n', 0o600]);
  });

  it.each([
    ["../main.out.ts", "flow/file-outside"],
    ["linked/main.out.ts", "flow/file-outside"],
    ["link.ts", "flow/file-taken"],
    ["main.link.ts", "flow/file-outside"],
    ["other.json", "flow/file-taken"],
    ["package.json", "flow/file-taken"],
    ["main.layout.json", "flow/file-taken"],
    ["main.json", "flow/file-taken"],
    ["vitest.config.ts", "flow/file-taken"],
  ])("refuses to write %s, and writes nothing", async (named, code) => {
    mkdirSync(join(outer, "elsewhere"));
    writeFileSync(join(outer, "elsewhere", "target.ts"), "theirs");
    symlinkSync(join(outer, "elsewhere"), join(folder, "linked"));
    symlinkSync(join(outer, "elsewhere", "target.ts"), join(folder, "link.ts"));
    symlinkSync(join(outer, "elsewhere", "target.ts"), join(folder, "main.link.ts"));
    put("vitest.config.ts", "theirs");
    const file = put("main.json", {});
    const refused = writeFlow(file, bundleOf(withCode(named), { [named]: "mine" }));
    await expect(refused).rejects.toMatchObject({ code });
    expect([text("main.json"), text("vitest.config.ts"), readdirSync(join(outer, "elsewhere"))]).toEqual([
      "{}",
      "theirs",
      ["target.ts"],
    ]);
    expect(readFileSync(join(outer, "elsewhere", "target.ts"), "utf8")).toBe("theirs");
  });

  it("changes a file of another name once the flow on disk names it", async () => {
    put("shared.ts", "old");
    const file = put("main.json", withCode("shared.ts"));
    await writeFlow(file, bundleOf(withCode("shared.ts"), { "shared.ts": "new" }));
    expect(text("shared.ts")).toBe("new");
  });
});
