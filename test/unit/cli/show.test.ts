// What commands print, to programs and to people.
import { describe, expect, it } from "vitest";
import type { NodeTypeInfo } from "../../../engine/admin/api.ts";
import type { Problem } from "../../../engine/base/errors/error.ts";
import { compareFlows } from "../../../engine/cli/flow-changes.ts";
import { showChanges, showDeployed } from "../../../engine/cli/show/changes.ts";
import { kindOf, showNodeType, showNodeTypes } from "../../../engine/cli/show/node-types.ts";
import { showProblems } from "../../../engine/cli/show/problems.ts";
import { showStartLine, startLines } from "../../../engine/cli/show/start.ts";
import { showStatus } from "../../../engine/cli/show/status.ts";
import { table, wrap } from "../../../engine/cli/show/table.ts";
import { createTerminal } from "../../../engine/cli/terminal.ts";
import { plainTerminal } from "../../support/plain-terminal.ts";

const problem = (changes: Partial<Problem> = {}): Problem => ({
  severity: "error",
  code: "flow/unknown-topic",
  message: 'Topic "a" is not declared.',
  path: "/nodes/x",
  line: 3,
  column: 9,
  ...changes,
});

describe("problems", () => {
  it("are lines that editors can jump to, a block for each file, and a summary", () => {
    const files = [
      {
        file: "flows/a.json",
        problems: [problem(), problem({ severity: "warning", line: 7, message: "Odd." })],
      },
      { file: "flows/good.json", problems: [] },
      { file: "flows/b.json", problems: [problem({ file: "flows/b.layout.json", line: 1, column: 1 })] },
    ];
    expect(showProblems(files, plainTerminal())).toBe(
      [
        'flows/a.json:3:9 error Topic "a" is not declared. (flow/unknown-topic)',
        "flows/a.json:7:9 warning Odd. (flow/unknown-topic)",
        "",
        'flows/b.layout.json:1:1 error Topic "a" is not declared. (flow/unknown-topic)',
        "",
        "3 flows checked: 2 errors, 1 warning.",
      ].join("\n"),
    );
  });

  it("are none: then only the summary", () => {
    expect(showProblems([{ file: "a.json", problems: [] }], plainTerminal())).toBe(
      "1 flow checked, no problems.",
    );
  });

  it("have colours for a person, and no place where they have none", () => {
    const { line: _, column: __, ...placeless } = problem({ severity: "warning" });
    expect(showProblems([{ file: "a.json", problems: [placeless] }], plainTerminal({ person: true }))).toBe(
      '<strong>a.json</strong> <warning>warning</warning> Topic "a" is not declared. <quiet>(flow/unknown-topic)</quiet>\n\n' +
        "<warning>1 flow checked: 1 warning.</warning>",
    );
  });
});

describe("a table", () => {
  it("lines its columns up and wraps the last one under itself", () => {
    const rows = [
      ["a", "first", "one two three four five six seven"],
      ["long-name", "b", "short"],
    ];
    expect(table(rows, { columns: 44, indent: "  " })).toEqual([
      "  a          first  one two three four five",
      "                    six seven",
      "  long-name  b      short",
    ]);
  });

  it("is nothing without rows", () => {
    expect(table([], { columns: 80 })).toEqual([]);
  });

  it("leaves words whole that are wider than the room", () => {
    expect(wrap("a verylongword b", 5)).toEqual(["a", "verylongword", "b"]);
  });
});

describe("the start", () => {
  const flow = { name: "main", title: "Main", revision: 1, state: "running" as const, nodes: 4, problems: 0 };
  const facts = {
    version: "1.2.3",
    backend: "embedded (.millrace)",
    flows: [flow, { ...flow, name: "broken", nodes: 1, state: "invalid" as const, problems: 2 }],
    editor: "http://127.0.0.1:3880/?token=t",
    admin: "http://127.0.0.1:3880",
    endpoints: "http://127.0.0.1:3881",
  };
  const shown = (person: boolean, changes = {}) =>
    startLines({ ...facts, ...changes }).map((line) => showStartLine(line, plainTerminal({ person })));

  it("is said in its order, a line each", () => {
    expect(shown(false)).toEqual([
      "Millrace 1.2.3",
      "Backend: embedded (.millrace)",
      "Flow: main (4 nodes)",
      "Flow: broken (1 node), invalid: 2 problems",
      "Editor: http://127.0.0.1:3880/?token=t",
      "Endpoints: http://127.0.0.1:3881",
    ]);
  });

  it("names the admin API when the editor is not served", () => {
    expect(shown(false, { editor: null })).toContain("Admin API: http://127.0.0.1:3880");
  });

  it("lines up for a person", () => {
    expect(shown(true).slice(0, 2)).toEqual([
      "<strong>Millrace</strong> 1.2.3",
      "<quiet>  Backend:</quiet> embedded (.millrace)",
    ]);
  });

  it("has the same in fields for programs", () => {
    expect(startLines(facts).map((line) => line.fields)).toEqual([
      { version: "1.2.3" },
      { backend: "embedded (.millrace)" },
      { flow: "main", nodes: 4, state: "running", problems: 0 },
      { flow: "broken", nodes: 1, state: "invalid", problems: 2 },
      { editor: "http://127.0.0.1:3880/?token=t" },
      { endpoints: "http://127.0.0.1:3881" },
    ]);
  });
});

describe("node types", () => {
  const type: NodeTypeInfo = {
    type: "greet",
    title: "Greet",
    summary: "Answers with a greeting.",
    category: "example",
    icon: "box",
    color: "gray",
    source: false,
    package: "hello",
    version: "1.0.0",
    config: {
      type: "object",
      required: ["greeting", "to"],
      properties: {
        greeting: { type: "string", default: "hello", description: "Said before the name." },
        to: { anyOf: [{ const: "all" }, { type: "array", items: { type: "string" } }], title: "To" },
        free: {},
      },
    },
    inputs: { in: { type: "object", description: "A visitor." } },
    outputs: { out: { enum: ["a", 1] } },
    outputsFrom: ["rules[].port"],
    openOutputs: false,
    docs: "Says **hello**.\n",
  };

  it("are listed by category", () => {
    const other = { ...type, type: "x", category: "flow", summary: "Does x." };
    expect(showNodeTypes([type, other], plainTerminal())).toBe(
      ["example", "  greet  Answers with a greeting.", "", "flow", "  x      Does x."].join("\n"),
    );
  });

  it("are shown alone with config, ports and docs", () => {
    expect(showNodeType(type, plainTerminal())).toBe(
      [
        "greet  Greet",
        "hello 1.0.0",
        "",
        "Answers with a greeting.",
        "",
        "Config",
        '  greeting  string, default "hello"',
        "            Said before the name.",
        '  to        "all" | array of string, required',
        "            To",
        "  free      anything",
        "",
        "Inputs",
        "  in  object: A visitor.",
        "",
        "Outputs",
        '  out             "a" | 1',
        "  (rules[].port)  named by the config",
        "  error           failures that were not dealt with",
        "",
        "About",
        "Says **hello**.",
      ].join("\n"),
    );
  });

  it("say what kind of value a schema asks for", () => {
    expect(
      [{ type: ["string", "null"] }, { type: "array" }, true, {}, { type: "integer" }].map(kindOf),
    ).toEqual(["string | null", "array", "anything", "anything", "integer"]);
  });
});

describe("changes of a deploy", () => {
  const before = {
    flow: {
      title: "A",
      topics: { a: {} },
      nodes: { keep: { type: "x" }, gone: { type: "x" }, other: { type: "x" } },
    },
    files: { "a.ts": "1" },
  };
  const after = {
    flow: {
      topics: { a: {}, b: {} },
      nodes: { other: { type: "y" }, keep: { type: "x" }, fresh: { type: "x" } },
      title: "A",
    },
    files: { "a.ts": "2" },
  };

  it("are told by what a person knows, whatever the order of keys", () => {
    expect(showChanges("main", compareFlows(before, after), plainTerminal())).toBe(
      [
        "main: 5 changes",
        "  + topic b",
        "  - node gone",
        "  ~ node other",
        "  + node fresh",
        "  ~ file a.ts",
      ].join("\n"),
    );
    expect(showChanges("main", compareFlows(before, before), plainTerminal())).toBe("main: nothing changes.");
  });

  it("end with what came of them", () => {
    const result = { revision: 7, started: ["a", "b"], stopped: ["b"], kept: [], problems: [] };
    expect(showDeployed("main", result, plainTerminal())).toBe(
      "main: revision 7 deployed (2 started, 1 stopped, 0 kept).",
    );
  });
});

it("the status shows engines, flows and health", () => {
  const text = showStatus(
    {
      health: {
        status: "error",
        time: 0,
        components: [{ name: "backend", healthy: false, text: "Redis is down" }],
      },
      engines: [
        { id: "e1", version: "1.0.0", host: "box", pid: 7, startedAt: 0, flows: ["main"], self: true },
      ],
      flows: [{ name: "main", title: "Main", revision: 3, state: "running", nodes: 1, problems: 2 }],
    },
    plainTerminal(),
  );
  expect(text).toBe(
    [
      "Engines",
      "  e1  1.0.0  box:7  1 flow, answers this",
      "",
      "Flows",
      "  main  running  revision 3  1 node, 2 problems",
      "",
      "Health",
      "  backend  error  Redis is down",
      "",
      "not healthy",
    ].join("\n"),
  );
});

describe("a terminal", () => {
  const stream = { isTTY: true, columns: 80, write: () => {} };

  it("has colours only where a person looks, and wants them", () => {
    const styled = (isTTY: boolean, environment: Record<string, string>) =>
      createTerminal({ ...stream, isTTY }, environment).style("bad", "x");
    expect([
      styled(true, {}),
      styled(false, {}),
      styled(true, { NO_COLOR: "1" }),
      styled(true, { TERM: "dumb" }),
    ]).toEqual(["\u001b[31mx\u001b[39m", "x", "x", "x"]);
  });
});
