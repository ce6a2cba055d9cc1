// The test harness for node authors: run a node by hand, and the contract that every node type should pass.

export { configProblems, prepareConfig } from "./config.ts";
export type { TestDebug, TestLog, TestPublish } from "./context.ts";
export { type ContractCase, type ContractOptions, nodeContract } from "./contract.ts";
export { FAKE_START, FakeClock, settle } from "./fake-clock.ts";
export type { TestAnswer, TestRequest } from "./fake-http.ts";
export { type InitialState, MemoryState } from "./memory-state.ts";
export type { TestOutput } from "./messages.ts";
export type { TestNodeOptions } from "./options.ts";
export { type TestNode, testNode } from "./test-node.ts";
export type { NextCron } from "./timers.ts";
