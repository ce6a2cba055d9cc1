// The engine as a library: start one inside a program of your own. The CLI does the same.

export type { Logger, LogLevel, LogLine } from "./base/logger.ts";
export { createLogger } from "./base/logger.ts";
export type { Config } from "./config.ts";
export type { EngineControl, LiveEvent } from "./control.ts";
export { type RunningEngine, startEngine } from "./engine.ts";
