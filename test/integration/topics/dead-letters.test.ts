// Dead letters on a running engine, as people handle them: by the API and by `engine dead` and `engine replay`.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TopicDetail, TopicMessages } from "../../../engine/admin/api.ts";
import { runEngine } from "../../support/command-line.ts";
import { EngineProcess, type FlowFolder, flowFolder } from "../../support/engine-process.ts";
import { eventually } from "../../support/eventually.ts";

const FLOW = {
  topics: { orders: { delivery: "stream", retry: { attempts: 1 } }, shipped: { delivery: "stream" } },
  nodes: {
    ship: {
      type: "script",
      config: { code: SHIP() },
      inputs: { in: ["orders"] },
      outputs: { out: ["shipped"] },
    },
    count: { type: "script", config: { code: COUNT() }, inputs: { in: ["orders"] } },
  },
};
function SHIP(): string {
  return 'if (message.payload.address === "") throw new Error("No address"); return message.payload;';
}
function COUNT(): string {
  return 'await state.update("total", (before) => (before ?? 0) + 1);';
}

let folder: FlowFolder;
let engine: EngineProcess;
beforeEach(async () => {
  folder = flowFolder(FLOW);
  engine = await EngineProcess.start({ flows: folder.flow, data: folder.data });
});
afterEach(async () => {
  await engine.kill();
  folder[Symbol.dispose]();
});

const topic = (name: string) => `/api/flows/main/topics/${name}`;
const cli = (...words: string[]) =>
  runEngine([...words, "--url", engine.adminUrl, "--token", "test-token-0123456789"], {
    folder: folder.folder,
  });

async function publish(...addresses: string[]): Promise<void> {
  const messages = addresses.map((address) => ({ payload: { address } }));
  await engine.api("POST", `${topic("orders")}/messages`, { messages });
  await settled();
}

const settled = () =>
  eventually(async () => {
    const { groups } = await engine.api<TopicDetail>("GET", topic("orders"));
    return groups.length === 2 && groups.every(({ waiting }) => waiting === 0);
  });

async function shown(path: string): Promise<unknown[]> {
  const { messages } = await engine.api<TopicMessages>("GET", path);
  return messages.map(({ payload }) => payload);
}

test("are listed with their reason, retried with another payload, retried as they are, and thrown away", async () => {
  await publish("Bahnhofstraße 1", "", "", "");
  const { messages } = await engine.api<TopicMessages>("GET", `${topic("orders")}/dead`);
  expect(messages.map(({ payload, attributes }) => [payload, attributes.error, attributes.group])).toEqual(
    Array.from({ length: 3 }, () => [{ address: "" }, "No address", "main/ship"]),
  );
  const [first, second] = messages.map(({ entry }) => entry);
  const payload = { address: "Corrected 2" };
  const retried = await engine.api("POST", `${topic("orders")}/dead/retry`, { ids: [first], payload });
  await settled();
  expect(retried).toEqual({ count: 1 });
  expect(await shown(`${topic("shipped")}/messages`)).toEqual([{ address: "Bahnhofstraße 1" }, payload]);
  expect(await shown(`${topic("orders")}/dead`)).toHaveLength(2);
  // It fails again, and is a dead letter again; the one that is gone is not put back twice.
  expect(await engine.api("POST", `${topic("orders")}/dead/retry`, { ids: [first, second] })).toEqual({
    count: 1,
  });
  await settled();
  expect(await shown(`${topic("orders")}/dead`)).toHaveLength(2);
  expect(await engine.api("DELETE", `${topic("orders")}/dead`, { ids: "all" })).toEqual({ count: 2 });
  expect(await shown(`${topic("orders")}/dead`)).toEqual([]);
  const refused = await engine.call("POST", `${topic("orders")}/dead/retry`, { ids: "all", payload });
  expect(refused.status).toBe(400);
});

test("a retry is for the reader that had given up only", async () => {
  await publish("", "");
  await engine.api("POST", `${topic("orders")}/dead/retry`, { ids: "all" });
  await settled();
  const { counts } = await engine.api<{ counts: { settled: number } }>("GET", "/api/flows/main/nodes/count");
  expect(counts.settled).toBe(2);
});

test("engine dead lists, retries and discards; engine replay publishes again", async () => {
  await publish("", "here");
  const listed = await cli("dead", "main/orders");
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining("No address") });
  const [letter] = JSON.parse((await cli("dead", "main/orders", "--json")).stdout);
  const args = ["--retry", letter.entry, "--payload", '{"address":"there"}'];
  expect((await cli("dead", "main/orders", ...args)).stdout).toBe("1 message was put back to main/orders.\n");
  await settled();
  expect(await shown(`${topic("shipped")}/messages`)).toEqual([{ address: "here" }, { address: "there" }]);
  expect((await cli("dead", "main/orders")).stdout).toBe("No message of main/orders was given up.\n");
  const { messages } = await engine.api<TopicMessages>("GET", `${topic("orders")}/messages?from=0`);
  const entry = messages.find(({ payload }) => JSON.stringify(payload) === '{"address":"here"}')?.entry ?? "";
  const replayed = await cli("replay", "main/orders", "--from", entry, "--to", entry, "--group", "ship");
  expect(replayed.stdout).toBe("1 message of main/orders was published again.\n");
  await settled();
  expect(await shown(`${topic("shipped")}/messages`)).toHaveLength(3);
  expect((await cli("dead", "orders")).code).toBe(2);
  expect((await cli("dead", "main/orders", "--discard", "1-0")).code).toBe(1);
});
