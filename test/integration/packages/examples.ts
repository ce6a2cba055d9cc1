// What people make with the packages: a compiled node package as npm installs it, a flow that uses it, a node in
// TypeScript, and a program that starts an engine.

/** Files of node_modules/demo-louder. */
export const louder = {
  "package.json": {
    name: "demo-louder",
    version: "1.2.3",
    keywords: ["millrace-nodes"],
    type: "module",
    exports: "./index.js",
    peerDependencies: { "@millrace/sdk": "^0.1.0" },
  },
  "index.js": `import { defineNode, Type } from "@millrace/sdk";
export default [defineNode({
  type: "louder", title: "Louder", summary: "Says it in capitals.", category: "example",
  config: Type.Object({}),
  inputs: { in: Type.Object({ body: Type.String() }) },
  outputs: { out: Type.Object({ body: Type.String() }) },
  start: ({ emit }) => ({ in: (message) => emit("out", { body: message.payload.body.toUpperCase() }) }),
})];
`,
};

/** GET /hello/:name, answered in capitals. */
export const web = {
  packages: ["demo-louder"],
  topics: { asked: {}, greeted: {}, loud: {} },
  nodes: {
    ask: { type: "http-in", config: { path: "/hello/:name" }, outputs: { request: ["asked"] } },
    greet: {
      type: "script",
      inputs: { in: ["asked"] },
      outputs: { out: ["greeted"] },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a template in the text of a script
      config: { code: "return { body: `Hello ${message.payload.params.name}` };" },
    },
    louder: { type: "louder", inputs: { in: ["greeted"] }, outputs: { out: ["loud"] } },
    answer: { type: "http-response", inputs: { response: ["loud"] } },
  },
};

/** As strict as TypeScript goes, with the libraries of the packages checked too. */
export const strictProject = {
  compilerOptions: {
    target: "es2024",
    lib: ["es2024", "esnext.disposable"],
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    types: ["node"],
    noEmit: true,
  },
  files: ["index.ts"],
};

/** The last line is wrong, so that what is of no type at all does not pass. */
export const typedNode = `import { Duration, defineNode, type Message, Type } from "@millrace/sdk";
import { testNode } from "@millrace/sdk/testing";

export const pace = defineNode({
  type: "pace", title: "Pace", summary: "Counts.", category: "example",
  config: Type.Object({ every: Duration(), by: Type.Number({ default: 1 }) }),
  inputs: { in: Type.Object({ count: Type.Number() }) },
  outputs: { out: Type.Object({ count: Type.Number() }) },
  start({ config, emit }) {
    return {
      async in(message: Message<{ count: number }>) {
        await emit("out", { count: message.payload.count + config.by });
      },
    };
  },
});
export const tried = await testNode(pace, { config: { every: "1s" } });
export const wrong: string = tried.emitted;
`;

export const program = `import { createLogger, type RunningEngine, startEngine } from "@millrace/engine";

export const start: typeof startEngine = startEngine;
export const flows = (engine: RunningEngine): number => engine.flows().length;
export const wrong: string = createLogger;
`;
