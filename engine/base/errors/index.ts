// The error catalogue: every code the engine can answer with. docs/errors.md is made from it (a test keeps step).

export * from "./admin.ts";
export * from "./backend.ts";
export * from "./cli.ts";
export * from "./cluster.ts";
export * from "./codec.ts";
export * from "./deploy.ts";
export * from "./endpoints.ts";
export * from "./error.ts";
export * from "./flow.ts";
export * from "./plugins.ts";
export * from "./runtime.ts";
export * from "./sandbox.ts";
export * from "./topics.ts";
export * from "./view.ts";
