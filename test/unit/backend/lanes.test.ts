// Lanes: one batch in flight, what waits goes out together, nothing out of order.
import { expect, test } from "vitest";
import { type Batch, type BatchAnswer, Lanes } from "../../../engine/backend/redis/lanes.ts";

const body = (size = 1) => new Uint8Array(size);

/** Sends that end when the test says so. */
function controlled() {
  const sent: { batch: Batch; answer: PromiseWithResolvers<BatchAnswer> }[] = [];
  const send = (batch: Batch) => {
    const answer = Promise.withResolvers<BatchAnswer>();
    sent.push({ batch, answer });
    return answer.promise;
  };
  const finish = async (index: number) => {
    const { batch, answer } = sent[index] ?? {};
    answer?.resolve({
      ids: (batch?.bodies ?? []).map((_, at) => `${(batch?.sequence ?? 0) + at}-0`),
      waiting: index,
    });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { sent, send, finish };
}

test("sends what follows without a gap together, after the first was answered", async () => {
  const lanes = new Lanes();
  const { sent, send, finish } = controlled();
  const answers = [0, 1, 2, 4].map((sequence) => lanes.publish("lane", { sequence, bodies: [body()] }, send));
  expect(sent.length).toBe(1);
  await finish(0);
  expect(sent.map(({ batch }) => [batch.sequence, batch.bodies.length])).toEqual([
    [0, 1],
    [1, 2],
  ]);
  await finish(1);
  await finish(2);
  expect((await Promise.all(answers)).map(({ ids }) => ids)).toEqual([["0-0"], ["1-0"], ["2-0"], ["4-0"]]);
});

test("keeps batches within a size, and lets a single big one through", async () => {
  const lanes = new Lanes();
  const { sent, send, finish } = controlled();
  const sizes = [1, 3_000_000, 600_000, 600_000];
  const all = sizes.map((size, sequence) => lanes.publish("lane", { sequence, bodies: [body(size)] }, send));
  for (let index = 0; index < 4; index++) await finish(index);
  await Promise.all(all);
  expect(sent.map(({ batch }) => batch.sequence)).toEqual([0, 1, 2, 3]);
});

test("fails only the batch that failed, and lanes do not wait for each other", async () => {
  const lanes = new Lanes();
  const { sent, send, finish } = controlled();
  const first = lanes.publish("lane", { sequence: 0, bodies: [body()] }, send);
  const second = lanes.publish("lane", { sequence: 1, bodies: [body()] }, send);
  const other = lanes.publish("other", { sequence: 0, bodies: [body()] }, send);
  expect(sent.length).toBe(2);
  sent[0]?.answer.reject(new Error("refused"));
  await expect(first).rejects.toThrow("refused");
  await finish(1);
  await finish(2);
  expect((await Promise.all([second, other])).length).toBe(2);
});
