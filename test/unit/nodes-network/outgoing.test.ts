import type { Message } from "@millrace/sdk";
import { describe, expect, it } from "vitest";
import type { HttpRequestConfig } from "../../../nodes/network/outgoing/config.ts";
import { compileOutgoing } from "../../../nodes/network/outgoing/outgoing.ts";
import { compileJson } from "../../../nodes/network/outgoing/template.ts";

const message: Message = {
  id: "m1",
  topic: "t",
  time: 1,
  source: "f/n",
  correlationId: "c1",
  attributes: { user: "ann" },
  attempt: 1,
  payload: { id: "a/b c", name: "<Ö>", count: 3, list: [1, 2] },
};

function made(config: Partial<HttpRequestConfig>, payload: unknown = message.payload) {
  const whole = {
    method: "GET",
    url: "http://a.example/",
    headers: {},
    query: {},
    payload: "body",
    ...config,
  };
  const { method, url, headers, body } = compileOutgoing(whole as HttpRequestConfig)({ ...message, payload });
  const { "user-agent": _agent, "accept-encoding": _encoding, ...others } = headers;
  return { method, url: url.href, headers: others, body };
}

describe("the URL", () => {
  it("holds values of the message, encoded", () => {
    const url = "http://a.example/users/{{payload.id}}?by={{attributes.user}}&in={{payload.name}}";
    expect(made({ url }).url).toBe("http://a.example/users/a%2Fb%20c?by=ann&in=%3C%C3%96%3E");
  });

  it("may come from the message as a whole", () => {
    expect(made({ url: "{{{payload.url}}}" }, { url: "https://b.example/x?y=1" }).url).toBe(
      "https://b.example/x?y=1",
    );
  });

  it.each(["", "a.example", "{{payload.missing}}"])("%j is refused", (url) => {
    expect(() => made({ url })).toThrow(/is not a URL/);
  });

  it("with a password in it is refused", () => {
    expect(() => made({ url: "http://user:secret@a.example" })).toThrow(/Put them into the authentication/);
  });

  it("gets query parameters from the config, and from the payload where wanted", () => {
    const query = { q: "{{payload.name}}" };
    expect(made({ query }).url).toBe("http://a.example/?q=%3C%C3%96%3E");
    expect(made({ payload: "query" }, { a: 1, b: [2, 3], c: null }).url).toBe(
      "http://a.example/?a=1&b=2&b=3",
    );
  });
});

describe("the body", () => {
  const post = { method: "POST" } as const;
  it.each<[string, unknown, string, unknown]>([
    ["an object as JSON", { a: 1 }, "application/json", '{"a":1}'],
    ["a text as it is", "hi", "text/plain; charset=utf-8", "hi"],
    ["null as JSON", null, "application/json", "null"],
    ["bytes as they are", new Uint8Array([1]), "application/octet-stream", new Uint8Array([1])],
  ])("is the payload: %s", (_name, payload, type, body) => {
    expect(made(post, payload)).toMatchObject({ headers: { "content-type": type }, body });
  });

  it("is not sent with GET, nor when the payload is for something else", () => {
    expect(made({}).body).toBeUndefined();
    expect(made({ ...post, payload: "ignore" }).body).toBeUndefined();
  });

  it("may be configured, with values of the message", () => {
    const body = { text: "Hello {{payload.name}}", count: "{{payload.count}}", deep: ["{{{payload.list}}}"] };
    expect(made({ ...post, body }).body).toBe('{"text":"Hello <Ö>","count":3,"deep":[[1,2]]}');
  });

  it("is a form where the content type says so", () => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    expect(made({ ...post, headers }, { a: "b c", d: [1, 2] }).body).toBe("a=b+c&d=1&d=2");
  });

  it("that is text stays JSON where the content type says so", () => {
    const headers = { "content-type": "application/json" };
    expect(made({ ...post, headers }, "hi").body).toBe('"hi"');
  });
});

describe("headers", () => {
  it("hold values of the message", () => {
    expect(made({ headers: { "X-User": "{{attributes.user}} <{{payload.count}}>" } }).headers).toEqual({
      "x-user": "ann <3>",
    });
  });

  it("say who asks", () => {
    const basic = { type: "basic", user: "ann", password: "pässword" } as const;
    expect(made({ auth: basic }).headers).toEqual({ authorization: "Basic YW5uOnDDpHNzd29yZA==" });
    expect(made({ auth: { type: "bearer", token: "t" } }).headers).toEqual({ authorization: "Bearer t" });
  });

  it("hold the message's id as idempotency key where wanted", () => {
    expect(made({ idempotencyKey: true }).headers).toEqual({ "idempotency-key": "m1" });
  });
});

it("a template that is broken says which", () => {
  expect(() => made({ headers: { a: "{{#b}}" } })).toThrow(/^The template of the headers cannot be read: /);
});

it("values reach no prototype", () => {
  expect(() => compileJson("{{payload.__proto__}}")({ ...message })).toThrow(/not allowed in a path/);
});
