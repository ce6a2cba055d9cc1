// The layer table: which part may import which, and which names belong to one part alone. ARCHITECTURE.md shows the
// same table to people; test/unit/layers reads the imports of every source file against this one.

export interface Part {
  /** A folder, or one file within a folder that has rules of its own. `nodes/*`: each of them. */
  readonly path: string;
  readonly layer: number;
  /** Parts it may import, all of a lower layer. `engine/*`: every part of the engine below it. */
  readonly may: readonly string[];
  /** Parts it may import types from, whatever their layer: contracts that are types only. */
  readonly mayTypes?: readonly string[];
  /** Packages, and `import()` of a computed name, and `process.exit`, that no other part of the engine names. */
  readonly alone?: readonly string[];
  /** What is another part's alone, but for this one too, for the reason beside it. */
  readonly shares?: readonly string[];
}

const LOWEST = ["nodes/sdk", "engine/base"];

export const parts: readonly Part[] = [
  { path: "proto", layer: 0, may: [] },
  { path: "nodes/sdk", layer: 0, may: [], alone: ["typebox"] },
  { path: "nodes/*", layer: 1, may: ["nodes/sdk"] },

  { path: "engine/base", layer: 0, may: [], mayTypes: ["nodes/sdk"], alone: ["pino"] },
  { path: "engine/config.ts", layer: 1, may: ["engine/base"] },
  { path: "engine/flow", layer: 1, may: LOWEST, alone: ["ajv", "ajv-formats", "jsonc-parser"] },
  { path: "engine/codec", layer: 1, may: LOWEST, alone: ["protobufjs", "msgpackr"] },
  { path: "engine/backend", layer: 2, may: [...LOWEST, "engine/codec"], alone: ["ioredis", "node:sqlite"] },
  { path: "engine/topics", layer: 3, may: [...LOWEST, "engine/backend", "engine/codec", "engine/flow"] },
  { path: "engine/rpc", layer: 3, may: ["engine/base", "engine/backend"] },
  { path: "engine/cluster", layer: 3, may: [...LOWEST, "engine/backend"], alone: ["node:worker_threads"] },
  {
    path: "engine/sandbox",
    layer: 3,
    may: LOWEST,
    alone: ["isolated-vm", "node:child_process", "eval", "node:vm", "vm"],
  },
  { path: "engine/plugins", layer: 3, may: [...LOWEST, "engine/flow"], alone: ["import()"] },
  {
    path: "engine/runtime",
    layer: 4,
    may: [...LOWEST, "engine/topics", "engine/rpc", "engine/cluster", "engine/sandbox", "engine/flow"],
    mayTypes: ["engine/backend"], // the port, to hand it on to the topics
    alone: ["croner"],
  },
  {
    path: "engine/endpoints",
    layer: 5,
    may: [...LOWEST, "engine/backend", "engine/codec"],
    alone: ["find-my-way"],
  },
  {
    path: "engine/deploy",
    layer: 5,
    may: [...LOWEST, "engine/runtime", "engine/plugins", "engine/backend", "engine/flow"],
    alone: ["chokidar"],
  },
  {
    path: "engine/health",
    layer: 5,
    may: ["engine/base", "engine/runtime", "engine/cluster", "engine/backend", "engine/flow"],
    mayTypes: ["engine/admin/api.ts"],
    alone: ["prom-client"],
  },

  // What an engine shows of itself: rooms, topics, types, health, in the words of the admin API.
  {
    path: "engine/view",
    layer: 6,
    may: [
      "engine/base",
      "engine/backend",
      "engine/codec",
      "engine/flow",
      "engine/topics",
      "engine/plugins",
      "engine/runtime",
      "engine/deploy",
    ],
    mayTypes: ["engine/control.ts", "engine/admin/api.ts"],
  },

  // What a running engine can be asked: types only, between the composition root and those who ask.
  { path: "engine/admin/api.ts", layer: 6, may: [], mayTypes: ["engine/base", "engine/flow"] },
  {
    path: "engine/control.ts",
    layer: 6,
    may: [],
    mayTypes: ["engine/admin/api.ts", "engine/base", "engine/flow"],
  },
  {
    path: "engine/admin",
    layer: 7,
    may: [...LOWEST, "engine/flow", "engine/health", "engine/control.ts", "engine/admin/api.ts"],
    alone: ["express", "socket.io", "cookie"],
    shares: ["jsonc-parser"], // the line and column of JSON that does not parse
  },

  // The composition root: builds every part, the admin server last; and its own two helpers.
  { path: "engine/engine-files.ts", layer: 7, may: ["engine/base"] },
  { path: "engine/closing.ts", layer: 7, may: ["engine/base", "engine/backend"] },
  { path: "engine/operations.ts", layer: 7, may: ["engine/*"], mayTypes: ["engine/admin/api.ts"] },
  { path: "engine/engine.ts", layer: 8, may: ["engine/*", "nodes/sdk", "nodes/*"] },
  { path: "engine/index.ts", layer: 9, may: ["engine/*", "nodes/sdk"] },
  {
    path: "engine/cli",
    layer: 9,
    may: ["engine/*", "nodes/sdk"],
    alone: ["commander", "node:cluster", "process.exit"],
  },

  {
    path: "editor",
    layer: 9,
    may: [],
    mayTypes: ["engine/admin/api.ts", "nodes/sdk"],
    alone: ["react", "react-dom", "@xyflow/react", "monaco-editor"],
  },
];

/** The workspaces, by the names that others import them by. */
export const workspaces: Readonly<Record<string, string>> = {
  "@millrace/proto": "proto",
  "@millrace/sdk": "nodes/sdk",
  "@millrace/nodes-core": "nodes/core",
  "@millrace/nodes-network": "nodes/network",
  "@millrace/engine": "engine/index.ts",
  "@millrace/editor": "editor",
};

/** Node packages bring their own clients: names that are one engine part's alone are free for them, but this one. */
export const aloneForNodesToo: readonly string[] = ["eval", "node:vm", "vm", "typebox"];
