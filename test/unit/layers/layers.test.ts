// Imports go down only: every source file is read against the layer table. The checker itself is tested below, on
// sources made up to break each rule.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { namesIn } from "../../support/imports.ts";
import { layerFaults, partOf } from "../../support/layer-check.ts";
import { parts } from "../../support/layers.ts";

const root = join(import.meta.dirname, "../../..");
const files = globSync("{engine,nodes,editor,proto}/**/*.{ts,tsx,mts,cts}", {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist)(\/|$)/.test(String(path)),
}).filter((file) => !file.startsWith("engine/cli/templates/") && file !== "editor/vite.config.ts");

describe("the sources", () => {
  it("are found", () => {
    expect(files).toContain("engine/base/errors/error.ts");
    expect(files.length).toBeGreaterThan(50);
  });

  it("import downwards only, and leave to each part what is its alone", () => {
    const faults = files.flatMap((file) => layerFaults(file, readFileSync(join(root, file), "utf8")));
    expect(faults).toEqual([]);
  });
});

describe("the layer table", () => {
  it("lets every part import parts of lower layers only", () => {
    const layerOf = (path: string) => parts.find((part) => part.path === path)?.layer;
    const named = parts.flatMap((part) =>
      part.may.filter((path) => path !== "engine/*").map((path) => ({ part, path, layer: layerOf(path) })),
    );
    expect(named.filter(({ part, layer }) => layer === undefined || layer >= part.layer)).toEqual([]);
  });

  it("names each thing that is one part's alone once", () => {
    const alone = parts.flatMap((part) => part.alone ?? []);
    expect(alone).toEqual([...new Set(alone)]);
  });
});

describe("the layer check", () => {
  it("knows the part of a file by the longest row", () => {
    expect(partOf("engine/admin/api.ts")?.path).toBe("engine/admin/api.ts");
    expect(partOf("engine/admin/server.ts")?.path).toBe("engine/admin");
    expect(partOf("nodes/core/timer.ts")?.path).toBe("nodes/*");
    expect(partOf("nodes/sdk/index.ts")?.path).toBe("nodes/sdk");
    expect(partOf("engine/extras/a.ts")).toBeUndefined();
  });

  it.each<[string, string]>([
    [
      "engine/topics/stream.ts",
      `import type { Backend } from "../backend/backend.ts"; import { a } from "./a.ts";`,
    ],
    ["engine/base/clock.ts", `import type { Clock } from "@millrace/sdk";`],
    [
      "engine/backend/redis/a.ts",
      `import { Redis } from "ioredis"; import { x } from "../../codec/index.ts";`,
    ],
    ["engine/plugins/load.ts", "const load = (url: string) => import(url);"],
    ["engine/admin/server.ts", `import express from "express"; import type { E } from "../control.ts";`],
    ["nodes/network/a.ts", `import Ajv from "ajv"; import { Type } from "@millrace/sdk"; import "./b.ts";`],
    [
      "editor/app.tsx",
      `import type { Me } from "../engine/admin/api.ts"; const a = <p>it's {"\`"}</p>; import "./b.tsx";`,
    ],
    [
      "engine/flow/a.ts",
      `// import "express"\nconst a = 'import "express"'; /* from "express" */ const b = \`from "ioredis" \${1}\`;`,
    ],
  ])("lets %s do what it may", (file, source) => {
    expect(layerFaults(file, source)).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["engine/extras/a.ts", "", "is in no part of the layer table"],
    [
      "engine/flow/a.ts",
      `import { x } from "../runtime/x.ts";`,
      "imports engine/runtime, which engine/flow (layer 1) may not",
    ],
    ["engine/flow/a.ts", `import type { X } from "../runtime/x.ts";`, "imports engine/runtime"],
    ["engine/flow/a.ts", `export * from "../runtime/x.ts";`, "imports engine/runtime"],
    ["engine/flow/a.ts", `type X = import("../runtime/x.ts").X;`, "imports engine/runtime"],
    ["engine/base/a.ts", `import { Type } from "@millrace/sdk";`, "may import its types only"],
    ["engine/base/a.ts", `import { type Type } from "@millrace/sdk";`, "may import its types only"],
    ["engine/runtime/a.ts", `import Redis from "ioredis";`, "names ioredis, which engine/backend alone may"],
    [
      "engine/runtime/a.ts",
      `import { parse } from "protobufjs/minimal.js";`,
      "names protobufjs, which engine/codec alone may",
    ],
    ["engine/runtime/a.ts", `const sqlite = require("node:sqlite");`, "names node:sqlite"],
    ["engine/runtime/a.ts", `const x = \`\${await import("express")}\`;`, "names express"],
    ["engine/runtime/a.ts", "await import(name);", "names import(), which engine/plugins alone may"],
    ["engine/runtime/a.ts", "if (broken) process.exit(1);", "names process.exit, which engine/cli alone may"],
    [
      "engine/topics/a.ts",
      `import {\n  a,\n  b,\n} from "../cli/main.ts";`,
      "engine/topics/a.ts:4 imports engine/cli",
    ],
    ["engine/engine.ts", `import { main } from "./cli/main.ts";`, "imports engine/cli"],
    ["nodes/core/a.ts", `import { x } from "../../engine/base/clock.ts";`, "imports engine/base"],
    ["nodes/core/a.ts", `import { x } from "../network/x.ts";`, "imports nodes/*"],
    ["nodes/core/a.ts", `import { Type } from "typebox";`, "names typebox, which nodes/sdk alone may"],
    ["editor/a.tsx", `import { x } from "../engine/admin/api.ts";`, "may import its types only"],
    ["editor/a.tsx", `import type { X } from "../engine/admin/server.ts";`, "imports engine/admin"],
    ["nodes/core/a.ts", `const f = new Function("return 1");`, "names eval, which engine/sandbox alone may"],
    ["engine/runtime/a.ts", `eval(code);`, "names eval, which engine/sandbox alone may"],
    ["engine/flow/a.ts", `import vm from "node:vm";`, "names node:vm, which engine/sandbox alone may"],
  ])("catches %s with %s", (file, source, sentence) => {
    expect(layerFaults(file, source)).toEqual([expect.stringContaining(sentence)]);
  });

  it("reads past what only looks like an import", () => {
    const source = [
      'const pattern = /["\'`]/g; const half = total / 2; // from "comment"',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template, not one
      'const text = `import x from "template" ${inner(`from "nested"`)} from "template"`;',
      'const from = "value"; const list = Array.from("abc"); object.import("x"); it("imports from", 1);',
      'import real from "real"; export { more } from "more";',
    ].join("\n");
    expect(namesIn(source)).toEqual([
      { name: "real", isType: false, line: 4 },
      { name: "more", isType: false, line: 4 },
    ]);
  });
});
