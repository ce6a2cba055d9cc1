import type { HttpRoute } from "@millrace/sdk";
import { describe, expect, it } from "vitest";
import { RouteTable } from "../../../engine/endpoints/route-table.ts";

const route = (text: string): HttpRoute => {
  const [method = "", path = ""] = text.split(" ");
  return { method, path, handle: () => ({ body: text }) };
};

function tableOf(...texts: string[]): RouteTable {
  const table = new RouteTable();
  for (const text of texts) table.add(route(text));
  return table;
}

/** `METHOD path` of the route that serves a request, and its parameters. */
function served(table: RouteTable, method: string, path: string): unknown {
  const match = table.find(method, path);
  if (typeof match !== "object") return match;
  return [`${match.route.method} ${match.route.path}`, { ...match.params }];
}

describe("a request is served by", () => {
  const table = tableOf(
    "GET /users/:id",
    "GET /users/me",
    "ANY /users/:name",
    "GET /*",
    "ANY /hook",
    "POST /files/:folder/*",
  );
  it.each([
    ["GET", "/users/7", ["GET /users/:id", { id: "7" }]],
    ["GET", "/users/me?x=1", ["GET /users/me", {}]],
    ["DELETE", "/users/7", ["ANY /users/:name", { name: "7" }]],
    ["HEAD", "/users/me", ["GET /users/me", {}]],
    ["GET", "/hook", ["ANY /hook", {}]],
    ["HEAD", "/hook", ["ANY /hook", {}]],
    ["GET", "/a/b%20c", ["GET /*", { "*": "a/b c" }]],
    ["POST", "/files/a%2Fb/c/d", ["POST /files/:folder/*", { folder: "a/b", "*": "c/d" }]],
    ["POST", "/nothing", undefined],
    ["GET", "/users/%E0%A4%A", "bad-url"],
    ["TRACE", "/hook", undefined],
  ])("%s %s: %j", (method, path, expected) => {
    expect(served(table, method, path)).toEqual(expected);
  });

  it("the methods of its path are known", () => {
    expect(table.methodsOf("/users/7")).toEqual(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
    expect(table.methodsOf("/files/a/b")).toEqual(["GET", "HEAD", "POST"]);
  });
});

describe("a route is refused", () => {
  it.each([
    ["GET /a", "GET /a"],
    ["GET /users/:id", "GET /users/:name"],
    ["ANY /a", "ANY /a"],
    ["GET /a/:b?", "GET /a"],
    ["GET /a/:b?", "GET /a/:c"],
    ["GET /f/*", "GET /f/*"],
  ])("when %s is there and %s comes", (first, second) => {
    const table = tableOf(first);
    expect(() => table.add(route(second))).toThrow(`"${second}" is already taken by another node.`);
  });

  it.each(["GET users", "GET /a/*/b", "BREW /coffee", "get /a", "GET /:id((a+)+)"])("like %s", (text) => {
    expect(() => tableOf(text)).toThrow(`"${text}" cannot be an endpoint`);
  });

  it("but not a specific one beside one for any method", () => {
    const table = tableOf("ANY /a", "GET /a");
    expect([served(table, "GET", "/a"), served(table, "POST", "/a")]).toEqual([
      ["GET /a", {}],
      ["ANY /a", {}],
    ]);
  });
});

it("a removed route serves no more, and its path is free", () => {
  const table = new RouteTable();
  const first = table.add(route("GET /a"));
  expect(served(table, "GET", "/a")).toBeDefined();
  first[Symbol.dispose]();
  expect(served(table, "GET", "/a")).toBeUndefined();
  table.add(route("GET /a"));
  first[Symbol.dispose]();
  expect(served(table, "GET", "/a")).toBeDefined();
});
