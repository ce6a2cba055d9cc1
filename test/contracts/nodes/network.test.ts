import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { nodeContract } from "@millrace/sdk/testing";
import { afterAll, describe, it } from "vitest";
import nodes, { httpIn, httpRequest, httpResponse } from "../../../nodes/network/index.ts";

const server = createServer((_, response) => response.end("hello"));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => new Promise((resolve) => server.close(resolve)));

const contracts = [
  nodeContract(httpIn, {
    refused: [
      {},
      { path: "orders" },
      { path: "/", method: "BREW" },
      { path: "/", timeout: "soon" },
      { path: "/", schema: { body: { type: "nonsense" } } },
      { path: "/", auth: { type: "bearer" } },
      { path: "/", cors: { origins: ["*"], credentials: true } },
    ],
  }),
  nodeContract(httpResponse, { refused: [{ status: 42 }] }),
  nodeContract(httpRequest, {
    refused: [{}, { url: "" }, { url: "http://a/{{#b}}" }, { url: "http://a", timeout: 3 }],
    failing: {
      port: "in",
      config: { url: "{{{payload}}}", payload: "ignore", retries: 0, allowPrivate: true },
      bad: "not a url",
      good: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
  }),
];

describe("the network nodes", () => {
  it("are all under contract", ({ expect }) => {
    expect(nodes.map(({ type }) => type)).toEqual(["http-in", "http-response", "http-request"]);
  });
  for (const { name, run } of contracts.flat()) it(name, run);
});
