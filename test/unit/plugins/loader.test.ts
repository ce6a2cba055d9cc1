// Real packages in real folders: what loads, and how each kind of broken one is told of.

import { utimesSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../../../engine/base/clock.ts";
import { loadPackages, PackageLoader } from "../../../engine/plugins/index.ts";
import { nodeSource, type TemporaryFolder, temporaryFolder } from "../../support/package-folder.ts";

const { nativeImport } = createRequire(import.meta.url)("../../support/native-import.cjs");

let folder: TemporaryFolder;
let loader: PackageLoader;
beforeEach(() => {
  folder = temporaryFolder();
  loader = new PackageLoader({ importModule: nativeImport });
});
afterEach(() => {
  loader[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const manifest = (name: string, more: object = {}) => ({ name, version: "1.2.3", type: "module", ...more });
const load = (specifier: string) => loader.load({ specifier, fromFolder: join(folder.path, "flows") });
const typesOf = (outcome: Awaited<ReturnType<typeof load>>) =>
  outcome.package?.definitions.map((definition) => definition.type);

describe("a package by path", () => {
  it("is a folder with a package.json and a main module, in TypeScript as it is", async () => {
    folder.write("nodes/hello/package.json", manifest("hello-nodes", { exports: "./hello.ts" }));
    folder.write("nodes/hello/hello.ts", `${nodeSource("hello")}\nexport type Unused = string;`);
    expect(await load("../nodes/hello")).toEqual({
      package: {
        name: "hello-nodes",
        version: expect.stringMatching(/^1\.2\.3\+[0-9a-f]{8}$/),
        specifier: "../nodes/hello",
        folder: join(folder.path, "nodes/hello"),
        isOwn: true,
        definitions: [expect.objectContaining({ type: "hello" })],
      },
      problems: [],
    });
  });

  it("may be a single file, and export a single definition", async () => {
    folder.write("flows/one.ts", nodeSource("one").replace("[", "").replace("];", ";"));
    expect(typesOf(await load("./one.ts"))).toEqual(["one"]);
  });

  it("may be CommonJS", async () => {
    folder.write("old/package.json", { name: "old", version: "1.0.0", main: "lib.js" });
    folder.write("old/lib.js", nodeSource("old-node").replace("export default", "exports.default ="));
    expect(typesOf(await load("../old"))).toEqual(["old-node"]);
  });

  it("gets the engine's SDK when it has none of its own", async () => {
    folder.write("sdk/package.json", manifest("with-sdk"));
    folder.write(
      "sdk/index.ts",
      `import { defineNode, Type } from "@millrace/sdk";
       export default defineNode({ type: "with-sdk", title: "T", summary: "S.", category: "test",
         config: Type.Object({ a: Type.String({ default: "x" }) }), inputs: {}, outputs: { out: Type.Unknown() }, start() {} });`,
    );
    expect(typesOf(await load("../sdk"))).toEqual(["with-sdk"]);
  });

  it("that changed in any of its files is imported anew, with a new version", async () => {
    folder.write("own/package.json", manifest("own"));
    folder.write("own/index.js", `import { title } from "./title.js"; ${nodeSource("own", "title")}`);
    const title = folder.write("own/title.js", `export const title = "before";`);
    const before = await load("../own");
    const same = await load("../own");
    folder.write("own/title.js", `export const title = "after!";`);
    utimesSync(title, 1_000, 1_000);
    const after = await load("../own");
    const titles = [before, same, after].map((outcome) => outcome.package?.definitions[0]?.title);
    expect(titles).toEqual(["before", "before", "after!"]);
    expect(same.package?.version).toBe(before.package?.version);
    expect(after.package?.version).not.toBe(before.package?.version);
  });
});

describe("a package by npm name", () => {
  it("is found in the node_modules of the flow's folder or above", async () => {
    folder.write(
      "node_modules/@acme/nodes/package.json",
      manifest("@acme/nodes", { exports: { import: "./m.js" } }),
    );
    folder.write("node_modules/@acme/nodes/m.js", nodeSource("acme"));
    const outcome = await load("@acme/nodes");
    expect(outcome).toMatchObject({
      package: { name: "@acme/nodes", version: "1.2.3", isOwn: false },
      problems: [],
    });
  });

  it("that is not installed is a problem with the command that installs it", async () => {
    const outcome = await loader.load({
      specifier: "@acme/missing",
      fromFolder: join(folder.path, "flows"),
      where: { path: "/packages/0", file: "main.json" },
    });
    expect(outcome).toEqual({
      package: undefined,
      problems: [
        {
          severity: "error",
          code: "plugins/not-found",
          message: expect.stringMatching(
            /^Node package "@acme\/missing" is not installed \(looked in .*flows\/node_modules, .*\)\. Install it: npm install @acme\/missing\.$/,
          ),
          path: "/packages/0",
          file: "main.json",
        },
      ],
    });
  });

  it.each(["https://x/y.js", "a/b/c", "--evil", "node:fs", ""])("is never %j", async (specifier) => {
    expect((await load(specifier)).problems).toMatchObject([{ code: "plugins/bad-name" }]);
  });
});

describe("a broken package is a problem of its own:", () => {
  const broken: [string, Record<string, string | object>, string, RegExp][] = [
    ["a path that leads nowhere", {}, "plugins/not-found", /there is no .*\/bad\. Correct the path/],
    ["a folder without package.json", { "bad/x.js": "" }, "plugins/unreadable", /it has no package\.json/],
    [
      "a package.json that is no JSON",
      { "bad/package.json": "{" },
      "plugins/unreadable",
      /cannot be read: .*JSON/,
    ],
    [
      "a main module that is missing",
      { "bad/package.json": manifest("bad") },
      "plugins/unreadable",
      /there is no .*index\.ts or .*index\.js/,
    ],
    [
      "a main module outside of the package",
      { "bad/package.json": manifest("bad", { main: "../evil.js" }), "evil.js": nodeSource("evil") },
      "plugins/unreadable",
      /there is no/,
    ],
    [
      "a throw at import, with the place",
      { "bad/package.json": manifest("bad"), "bad/index.js": "\nthrow new Error('no database');" },
      "plugins/import-failed",
      /^Node package "bad" failed while it was imported: no database \(at .*bad\/index\.js:2:7\)\./,
    ],
    [
      "code that does not parse",
      { "bad/package.json": manifest("bad"), "bad/index.js": "\n\nexport default [;" },
      "plugins/import-failed",
      /^Node package "bad" failed while it was imported: Unexpected token ';'\. Repair/,
    ],
    [
      "an import that is not installed",
      { "bad/package.json": manifest("bad"), "bad/index.js": "import 'left-out';" },
      "plugins/import-failed",
      /Cannot find package 'left-out'/,
    ],
    [
      "no default export",
      { "bad/package.json": manifest("bad"), "bad/index.js": "export const nodes = [];" },
      "plugins/nothing-exported",
      /its default export is missing\. Write: export default \[myNode\]\./,
    ],
    [
      "an empty default export",
      { "bad/package.json": manifest("bad"), "bad/index.js": "export default [];" },
      "plugins/nothing-exported",
      /is an empty array/,
    ],
  ];

  it.each(broken)("%s", async (_, files, code, sentence) => {
    for (const [name, content] of Object.entries(files)) folder.write(name, content);
    const outcome = await load("../bad");
    expect(outcome.package).toBeUndefined();
    expect(outcome.problems).toEqual([
      { severity: "error", code, message: expect.stringMatching(sentence), path: "" },
    ]);
  });

  it("an import that never ends", async () => {
    folder.write("bad/package.json", manifest("bad"));
    folder.write(
      "bad/index.js",
      `globalThis.hangs = true; await new Promise(() => {}); ${nodeSource("never")}`,
    );
    const impatient: Clock = {
      now: () => 0,
      monotonic: () => 0,
      schedule(_ms, callback) {
        queueMicrotask(callback);
        return { cancel() {} };
      },
    };
    using hasty = new PackageLoader({ clock: impatient, importModule: nativeImport });
    const outcome = await hasty.load({ specifier: "../bad", fromFolder: join(folder.path, "flows") });
    expect(outcome.problems).toMatchObject([
      { code: "plugins/import-timeout", message: expect.stringContaining("was not imported within 10 s") },
    ]);
  });

  it("one bad definition, while the others of the package work", async () => {
    folder.write("bad/package.json", manifest("half"));
    folder.write("bad/good.js", nodeSource("good"));
    folder.write(
      "bad/index.js",
      `import good from "./good.js"; export default [{ type: "Bad Name" }, ...good];`,
    );
    const outcome = await load("../bad");
    expect(typesOf(outcome)).toEqual(["good"]);
    expect(outcome.problems.every((problem) => problem.code === "plugins/bad-definition")).toBe(true);
  });
});

describe("the packages of an engine", () => {
  it("keep the first of two types with one name, and say who the other is", async () => {
    for (const name of ["first", "second"]) {
      folder.write(`${name}/package.json`, manifest(name));
      folder.write(`${name}/index.js`, nodeSource("twice"));
    }
    const requests = ["../first", "../second", "../first"].map((specifier) => ({
      specifier,
      fromFolder: join(folder.path, "flows"),
    }));
    const loaded = await loadPackages(loader, requests);
    expect(loaded.types.get("twice")?.package).toBe("first");
    expect(loaded.problems.filter((problem) => problem.code === "plugins/duplicate-type")).toMatchObject([
      {
        message:
          'Node type "twice" is defined by "first" and again by "second"; the first is used. Remove one of the packages, or rename the type.',
      },
    ]);
  });
});
