// The commands that need no engine, as processes: what they print, and their exit codes.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runEngine } from "../../support/command-line.ts";
import { nodeSource, type TemporaryFolder, temporaryFolder } from "../../support/package-folder.ts";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const run = (...words: string[]) => runEngine(words, { folder: folder.path });
const ping = { type: "timer", config: { every: "1s" }, outputs: { tick: ["ticks"] } };
const good = { topics: { ticks: {} }, nodes: { ping, show: { type: "debug", inputs: { in: ["ticks"] } } } };
const bad = `{
  "topics": { "ticks": {} },
  "nodes": {
    "ping": { "type": "timer", "config": { "every": "1s" }, "outputs": { "tick": ["tocks"] } },
    "show": { "type": "debug", "inputs": { "in": ["ticks"] } }
  }
}`;

describe("engine validate", () => {
  it("says where each problem is and what to do, and exits with 1", async () => {
    folder.write("flows/good.json", good);
    folder.write("flows/bad.json", bad);
    const { code, stdout, stderr } = await run("validate", "flows");
    expect(stdout).toMatch(
      /^flows\/bad\.json:4:\d+ error .*"tocks".* Did you mean "ticks"\?.* \(flow\/[a-z-]+\)$/m,
    );
    expect(stdout).toMatch(/\n\n2 flows checked: \d+ errors?/);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  });

  it("exits with 0 when all is well", async () => {
    folder.write("main.json", good);
    expect(await run("validate", "main.json")).toEqual({
      code: 0,
      stdout: "1 flow checked, no problems.\n",
      stderr: "",
    });
  });

  it("prints all of it as JSON", async () => {
    folder.write("bad.json", bad);
    const { code, stdout } = await run("validate", "bad.json", "nowhere.json", "--json");
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ flows: 2, errors: expect.any(Number), warnings: expect.any(Number) });
    expect(report.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          file: "bad.json",
          severity: "error",
          code: expect.stringMatching(/^flow\//),
          message: expect.stringContaining('"tocks"'),
          path: expect.stringMatching(/^\/nodes\/ping\/outputs\/tick/),
          line: 4,
          column: expect.any(Number),
        }),
        expect.objectContaining({ file: "nowhere.json", code: "flow/not-found" }),
      ]),
    );
    expect(code).toBe(1);
  });

  it("loads the flow's own packages, and tells of broken ones at the line that names them", async () => {
    folder.write("nodes/own/package.json", { name: "own", version: "1.0.0", type: "module" });
    folder.write("nodes/own/index.js", nodeSource("own-node"));
    folder.write(
      "flows/main.json",
      `{\n"packages": ["../nodes/own",\n  "../nodes/gone"],\n"topics": { "ticks": {} },\n"nodes": { "ping": ${JSON.stringify(ping)},\n"own": { "type": "own-node", "inputs": { "in": ["ticks"] } } } }`,
    );
    const { stdout } = await run("validate", "flows/main.json");
    expect(stdout).toMatch(
      /^flows\/main\.json:3:3 error Node package "\.\.\/nodes\/gone" was not found: .*\(plugins\/not-found\)$/m,
    );
    expect(stdout).not.toContain("own-node");
  });
});

describe("engine nodes", () => {
  it("lists the types by category", async () => {
    const { code, stdout } = await run("nodes");
    expect(stdout).toMatch(/^flow\n[\s\S]*^ {2}timer {2,}\S.*$/m);
    expect(code).toBe(0);
  });

  it("shows one type's docs", async () => {
    const { code, stdout } = await run("nodes", "timer");
    expect(stdout).toMatch(/^timer {2}.*\n@millrace\/nodes-core \d/);
    expect(stdout).toMatch(/^Config\n {2}every {2,}string/m);
    expect(stdout).toMatch(/^Outputs\n {2}tick/m);
    expect(code).toBe(0);
  });

  it("prints JSON as the API does, without what only code can read", async () => {
    const { stdout } = await run("nodes", "timer", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      type: "timer",
      category: "flow",
      package: "@millrace/nodes-core",
      config: { type: "object", properties: { every: { type: "string" } } },
      outputs: { tick: expect.anything() },
      source: true,
    });
  });

  it("asks what was meant by a type that is not there", async () => {
    const { code, stderr } = await run("nodes", "tiemr");
    expect(stderr).toContain('Node type "tiemr" is not installed. Did you mean "timer"?');
    expect(code).toBe(1);
  });
});

describe("engine create", () => {
  it("makes a project whose flow has no problems, with a node type of its own", async () => {
    const made = await run("create", "My Project");
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Created "My Project"'),
      stderr: "",
    });
    const project = join(folder.path, "My Project");
    expect(JSON.parse(readFileSync(join(project, "package.json"), "utf8"))).toMatchObject({
      name: "my-project",
      dependencies: { "@millrace/engine": expect.stringMatching(/^\^\d/) },
    });
    expect(readFileSync(join(project, ".gitignore"), "utf8")).toContain(".millrace/");
    expect(statSync(join(project, "flows/main.test.json")).isFile()).toBe(true);
    expect(await runEngine(["validate", "flows"], { folder: project })).toEqual({
      code: 0,
      stdout: "1 flow checked, no problems.\n",
      stderr: "",
    });
    const { stdout } = await runEngine(["nodes", "hello"], { folder: project });
    expect(stdout).toContain("my-project-hello 0.1.0");
  });

  it("leaves a folder alone that has something in it", async () => {
    folder.write("full/mine.txt", "mine");
    expect(await run("create", "full")).toEqual({
      code: 1,
      stdout: "",
      stderr: '"full" is not empty. Choose a new folder.\n',
    });
  });
});

describe("wrong usage is answered with what to do, and exit code 2:", () => {
  it.each<[string[], string]>([
    [
      ["vaildate", "x"],
      '"vaildate" is not a command. Did you mean "validate"? List them with: engine --help.',
    ],
    [["help", "vaildate"], '"vaildate" is not a command. Did you mean "validate"?'],
    [["validate"], 'Missing required argument "flows". See: engine --help.'],
    [["--flow", "x"], 'Unknown option "--flow". Did you mean --flows? See: engine --help.'],
    [["--flows"], 'Option "--flows <path...>" argument missing. See: engine --help.'],
    [["start"], "There are no flows to run."],
    [["--flows", "x", "--port", "many"], '"many" is not a value for --port.'],
    [["--flows", "x", "--config", "gone.json"], "it does not exist"],
  ])("%j", async (words, sentence) => {
    const { code, stdout, stderr } = await run(...words);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(sentence),
    });
  });
});

describe("an engine that cannot be asked", () => {
  it("is named with its address and what to do", async () => {
    const status = await run("status", "--url", "http://127.0.0.1:9");
    expect(status).toMatchObject({ code: 1, stdout: "" });
    expect(status.stderr).toMatch(
      /^No engine answers at "http:\/\/127\.0\.0\.1:9": .+\. Start one with: engine --flows FLOWS, or give --url\.\n$/,
    );
  });

  it("is not even asked to take a flow that cannot be read", async () => {
    folder.write("main.json", "{ nodes: }");
    const { code, stdout } = await run("deploy", "main.json", "--to", "http://127.0.0.1:9");
    expect(stdout).toMatch(/^main\.json:1:3 error .*\(flow\/json\)$/m);
    expect(code).toBe(1);
  });
});

it("engine --version and --help end well", async () => {
  const [version, help] = await Promise.all([run("--version"), run("--help")]);
  expect(version).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
  expect(help).toEqual({
    code: 0,
    stdout: expect.stringContaining("engine --flows flows/main.json"),
    stderr: "",
  });
});
