// What running flows promise, whatever carries their messages. Every backend runs it.
import { describe } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { attemptContract } from "./attempts.ts";
import { deliveryContract } from "./delivery.ts";
import { partitionContract } from "./partitions.ts";
import { restartContract } from "./restarts.ts";
import { roomContract } from "./room.ts";
import { stateContract } from "./state.ts";
import { treeContract } from "./trees.ts";

/** Runs the contract; each test has what `open` opens to itself. */
export function runtimeContract(name: string, open: () => Promise<Backend>): void {
  describe(`a flow on ${name}`, () => {
    describe("delivery", () => deliveryContract(open));
    describe("trees", () => treeContract(open));
    describe("attempts", () => attemptContract(open));
    describe("state", () => stateContract(open));
    describe("a full topic", () => roomContract(open));
    describe("restarts", () => restartContract(open));
    describe("a divided topic", () => partitionContract(open));
  });
}
