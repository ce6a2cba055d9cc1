// The contract of engine/backend/backend.ts: every backend runs all of it.
import { afterAll, beforeAll, describe } from "vitest";
import type { Backend } from "../../../engine/backend/backend.ts";
import { channelContract } from "./channels.ts";
import { claimContract } from "./claim.ts";
import { commitContract } from "./commit.ts";
import { deferContract } from "./defer.ts";
import { groupContract } from "./groups.ts";
import { inspectContract } from "./inspect.ts";
import { leaseContract } from "./leases.ts";
import { lifecycleContract } from "./lifecycle.ts";
import { publishContract } from "./publish.ts";
import { rangeContract } from "./range.ts";
import { readContract } from "./read.ts";
import { revisionContract } from "./revisions.ts";
import { stateContract } from "./state.ts";

/** `open` answers with a backend of its own that the test may close; `shared` with the one of all tests. */
export interface Given {
  readonly shared: () => Backend;
  readonly open: () => Promise<Backend>;
}

/** Runs the contract for what `open` opens. Backends opened later in one run see the same data where they can. */
export function backendContract(name: string, open: () => Promise<Backend>): void {
  describe(`the ${name} backend`, () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await open();
    });
    afterAll(async () => {
      await backend[Symbol.asyncDispose]();
    });
    const given: Given = { shared: () => backend, open };
    describe("publish", () => publishContract(given));
    describe("read", () => readContract(given));
    describe("commit", () => commitContract(given));
    describe("claim", () => claimContract(given));
    describe("defer, remove and drop", () => deferContract(given));
    describe("groups", () => groupContract(given));
    describe("range, info and trim", () => rangeContract(given));
    describe("channels", () => channelContract(given));
    describe("state", () => stateContract(given));
    describe("revisions", () => revisionContract(given));
    describe("leases", () => leaseContract(given));
    describe("inspect", () => inspectContract(given));
    describe("lifecycle", () => lifecycleContract(given));
  });
}
