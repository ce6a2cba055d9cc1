// What the isolate has instead of the web platform behaves as the platform does.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { structuredClone as clone } from "../../../engine/sandbox/isolate/clone.ts";
import * as text from "../../../engine/sandbox/isolate/text.ts";
import { makeUrl, URLSearchParams as Params } from "../../../engine/sandbox/isolate/url.ts";
import { answerUrl } from "../../../engine/sandbox/runner/bridges.ts";

/** All of Unicode, lone surrogates included. */
const anyText = fc.array(fc.nat(0x10ffff)).map((codes) => String.fromCodePoint(...codes));

describe("text in the isolate", () => {
  it("encodes and decodes UTF-8 as Node does", () => {
    fc.assert(
      fc.property(anyText, fc.uint8Array({ maxLength: 40 }), (words, bytes) => {
        expect([...new text.TextEncoder().encode(words)]).toEqual([...new TextEncoder().encode(words)]);
        expect(new text.TextDecoder().decode(bytes)).toBe(new TextDecoder().decode(bytes));
      }),
    );
  });

  it("refuses bytes that are no UTF-8 when asked to", () => {
    expect(() => new text.TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff]))).toThrow(
      TypeError,
    );
  });

  it("speaks Base64 as Node does", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const source = String.fromCharCode(...bytes);
        expect(text.btoa(source)).toBe(btoa(source));
        expect(text.atob(btoa(source))).toBe(source);
      }),
    );
    expect(() => text.atob("a")).toThrow("not Base64");
    expect(() => text.btoa("漢")).toThrow("TextEncoder");
  });
});

describe("URLs in the isolate", () => {
  const Url = makeUrl((input, base, part, value) => answerUrl(input, base, part, value));

  it("have the parts that Node's have", () => {
    const address = "https://me:secret@example.org:8080/a/../b?x=1&y=ä#top";
    const ours = new Url(address) as unknown as URL;
    const theirs = new URL(address);
    for (const part of [
      "href",
      "origin",
      "protocol",
      "username",
      "host",
      "port",
      "pathname",
      "search",
      "hash",
    ] as const) {
      expect(ours[part]).toBe(theirs[part]);
    }
    expect(JSON.stringify({ ours })).toBe(JSON.stringify({ ours: theirs }));
    expect(new Url("../c", address).toString()).toBe(new URL("../c", address).toString());
  });

  it("change with their parts and their search parameters", () => {
    const url = new Url("http://example.org/?a=1") as unknown as URL;
    url.searchParams.append("b", "2 3");
    expect(url.href).toBe("http://example.org/?a=1&b=2+3");
    url.search = "?c=4";
    expect([...url.searchParams]).toEqual([["c", "4"]]);
    url.pathname = "/x y";
    expect(url.href).toBe("http://example.org/x%20y?c=4");
  });

  it("refuse what is none", () => {
    expect(() => new Url("nowhere")).toThrow(`"nowhere" is not a URL.`);
    expect(Url.canParse("nowhere")).toBe(false);
  });

  it("have search parameters that read and write as Node's", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (pairs) => {
        const written = new Params(pairs).toString();
        expect(written).toBe(new URLSearchParams(pairs).toString());
        expect([...new Params(written)]).toEqual([...new URLSearchParams(written)]);
      }),
    );
  });
});

describe("structuredClone in the isolate", () => {
  it("copies deeply, and keeps cycles and shared parts", () => {
    const shared = { n: 1 };
    const value: Record<string, unknown> = {
      date: new Date(5),
      map: new Map([["a", shared]]),
      set: new Set([1]),
      bytes: new Uint8Array([1, 2]),
      list: [shared, undefined, 1n],
    };
    value.self = value;
    const copy = clone(value);
    expect(copy).toEqual(value);
    expect(copy.self).toBe(copy);
    expect((copy.list as unknown[])[0]).toBe((copy.map as Map<string, unknown>).get("a"));
    expect((copy.list as unknown[])[0]).not.toBe(shared);
  });

  it("does not let a key named __proto__ become a prototype", () => {
    const copy = clone(JSON.parse('{"__proto__":{"admin":true}}')) as { admin?: boolean };
    expect(copy.admin).toBeUndefined();
  });

  it("refuses functions", () => {
    expect(() => clone({ f() {} })).toThrow("cannot be cloned");
  });
});
