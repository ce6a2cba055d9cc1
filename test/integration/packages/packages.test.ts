// What is published, as its users get it: packed, installed elsewhere, run by a plain Node without TypeScript sources.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineProcess } from "../../support/engine-process.ts";
import { louder, program, strictProject, typedNode, web } from "./examples.ts";
import { compile, type Installation, installPackages } from "./installation.ts";
import { exportedFiles, undeclaredImports } from "./package-contents.ts";

const ROOT = join(import.meta.dirname, "../../..");
const run = promisify(execFile);

let installation: Installation;
let demo: string;
beforeAll(async () => {
  installation = await installPackages();
  demo = join(installation.folder, "demo");
  await engine(installation.folder, "create", "demo");
  for (const [name, content] of Object.entries(louder))
    write(`demo/node_modules/demo-louder/${name}`, content);
  write("demo/flows/web.json", web);
}, 180_000);
afterAll(() => installation?.[Symbol.dispose]());

const engine = (folder: string, ...words: string[]) =>
  run(process.execPath, [installation.program, ...words], { cwd: folder });

function write(path: string, content: string | object): void {
  const file = join(installation.folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

describe("each published package", () => {
  it("has its licence, and no tests, sources, or traces of where it was made", () => {
    for (const { folder, manifest, files } of installation.packages) {
      const own = files.filter((path) => !path.startsWith("dist/cli/templates/"));
      expect(own, manifest.name).toContain("LICENSE");
      const unwanted = /(?<!\.d)\.[cm]?tsx?$|\.test\.|\.tsbuildinfo$|\.map$|(^|\/)tsconfig/;
      expect(
        own.filter((path) => unwanted.test(path)),
        manifest.name,
      ).toEqual([]);
      const traced = files.filter((path) => readFileSync(join(folder, path)).includes(ROOT));
      expect(traced, manifest.name).toEqual([]);
    }
  });

  it("declares every package that it imports", () => {
    for (const one of installation.packages) {
      if (one.manifest.name === "@millrace/editor") continue; // bundled: it imports nothing
      expect(undeclaredImports(one), one.manifest.name).toEqual([]);
    }
  });

  it("has the files that its exports lead to", () => {
    for (const { manifest, files } of installation.packages) {
      expect(files, manifest.name).toEqual(expect.arrayContaining(exportedFiles(manifest.exports)));
    }
  });
});

describe("the installed engine", () => {
  it("creates a project whose flows are valid", async () => {
    const { stdout } = await engine(demo, "validate", "--json", "flows");
    expect(JSON.parse(stdout)).toEqual({ flows: 2, errors: 0, warnings: 0, problems: [] });
  });

  it("runs endpoints, scripts, nodes of an npm package and of the project, and serves the editor", async () => {
    await using running = await EngineProcess.start({
      program: installation.program,
      flows: join(demo, "flows"),
      data: join(demo, "data"),
    });
    const answer = await fetch(`${running.endpointsUrl}/hello/world`);
    expect([answer.status, await answer.text()]).toEqual([200, "HELLO WORLD"]);
    expect(running.output).toMatch(/^Flow: main \(4 nodes\)$/m);
    const page = await fetch(running.editorUrl);
    expect(await page.text()).toContain('<div id="root">');
    expect(await running.stop()).toBe(0);
  });
});

describe("the declarations compile in a strict project with the types of Node:", () => {
  it.each([
    ["@millrace/sdk", typedNode],
    ["@millrace/engine", program],
  ])("%s", async (name, text) => {
    const project = name.slice(name.indexOf("/") + 1);
    write(`${project}/package.json`, { type: "module" });
    write(`${project}/tsconfig.json`, strictProject);
    write(`${project}/index.ts`, text);
    const complaints = (await compile(join(installation.folder, project))).trimEnd().split("\n");
    expect(complaints).toEqual([expect.stringMatching(/index\.ts.*TS2322.*to type 'string'/)]);
  });
});
