import { FakeClock } from "@millrace/sdk/testing";
import { expect, test } from "vitest";
import { Janitor } from "../../../engine/topics/janitor.ts";
import type { PartTaker } from "../../../engine/topics/partitioned-reader.ts";

function given(shared: boolean) {
  const clock = new FakeClock();
  const seen = { trims: 0, taker: undefined as PartTaker | undefined, left: false };
  const share = (_: unknown, taker: PartTaker) => {
    seen.taker = taker;
    return {
      [Symbol.asyncDispose]: async () => {
        seen.left = true;
      },
    };
  };
  const trim = async () => {
    seen.trims++;
  };
  const janitor = new Janitor({ flow: "main", clock, sharing: shared ? { share } : undefined, trim });
  return { janitor, clock, seen };
}

test("the only engine trims again and again, until it closes", async () => {
  const { janitor, clock, seen } = given(false);
  await clock.advance(31_000);
  expect(seen.trims).toBe(2);
  await janitor[Symbol.asyncDispose]();
  await clock.advance(60_000);
  expect(seen.trims).toBe(2);
});

test("one of several trims while it is its turn, and takes no more part when it closes", async () => {
  const { janitor, clock, seen } = given(true);
  await clock.advance(60_000);
  expect(seen.trims).toBe(0);
  seen.taker?.gained(0, undefined);
  await clock.advance(16_000);
  expect(seen.trims).toBe(1);
  await seen.taker?.lost(0, AbortSignal.abort());
  await clock.advance(60_000);
  expect(seen).toMatchObject({ trims: 1, left: false });
  await janitor[Symbol.asyncDispose]();
  expect(seen.left).toBe(true);
});
