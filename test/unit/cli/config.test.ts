// Flags before environment before config file before defaults; and a sentence for every value that cannot be.
import { describe, expect, it } from "vitest";
import { type ConfigSources, nearest, readConfig } from "../../../engine/cli/config.ts";

const read = (sources: Partial<ConfigSources> & { config?: object }) => {
  const { config, ...rest } = sources;
  const file = config && { path: "/project/millrace.config.json", text: JSON.stringify(config) };
  return readConfig({ flags: { flows: ["flows"] }, environment: {}, file, folder: "/srv", ...rest });
};

describe("the config", () => {
  it("has a default for everything but the flows", () => {
    expect(read({})).toEqual({
      flows: ["/srv/flows"],
      redis: undefined,
      namespace: "mr",
      name: undefined,
      dataFolder: "/srv/.millrace",
      host: "127.0.0.1",
      port: 3880,
      httpPort: 3881,
      token: undefined,
      editor: true,
      logLevel: "info",
      jsonLogs: false,
      drainTimeoutMs: 30_000,
      safe: false,
      openMetrics: false,
      leaseMs: 10_000,
      blockLimitMs: 30_000,
    });
  });

  it("takes all of it from flags", () => {
    const flags = {
      flows: ["a.json", "/else/b"],
      redis: "rediss://user:secret@host:6380/2",
      namespace: "plant",
      name: "engine-1",
      data: "../data",
      host: "::1",
      port: "0",
      httpPort: "8080",
      token: "12345678",
      editor: false,
      logLevel: "debug",
      jsonLogs: true,
      drainTimeout: "1.5m",
      lease: "2s",
      workers: "4",
      worker: "2",
      safe: true,
      openMetrics: true,
      blockLimit: "1m",
    };
    expect(read({ flags })).toEqual({
      flows: ["/srv/a.json", "/else/b"],
      redis: "rediss://user:secret@host:6380/2",
      namespace: "plant",
      name: "engine-1",
      dataFolder: "/data",
      host: "::1",
      port: 0,
      httpPort: 8080,
      token: "12345678",
      editor: false,
      logLevel: "debug",
      jsonLogs: true,
      drainTimeoutMs: 90_000,
      workers: 4,
      worker: 2,
      safe: true,
      openMetrics: true,
      leaseMs: 2_000,
      blockLimitMs: 60_000,
    });
  });

  it("takes it from the config file, whose paths count from its folder", () => {
    const config = {
      $schema: "x",
      flows: "flows/main.json",
      data: "data",
      port: 4000,
      editor: false,
      drainTimeout: "2s",
    };
    expect(read({ flags: {}, config })).toMatchObject({
      flows: ["/project/flows/main.json"],
      dataFolder: "/project/data",
      port: 4000,
      editor: false,
      drainTimeoutMs: 2_000,
    });
  });

  it("prefers flags to the environment, and the environment to the file", () => {
    const environment = { REDIS_URL: "redis://environment", MILLRACE_TOKEN: "environment" };
    const config = { flows: "f", redis: "redis://file", token: "from-the-file", port: 1, httpPort: 2 };
    const flags = { redis: "redis://flag", port: "3" };
    expect(read({ flags, environment, config })).toMatchObject({
      redis: "redis://flag",
      token: "environment",
      port: 3,
      httpPort: 2,
    });
  });

  it("takes an empty environment variable for none", () => {
    expect(read({ environment: { REDIS_URL: "" } }).redis).toBeUndefined();
  });

  it("asks for flows when there are none", () => {
    expect(() => read({ flags: {} })).toThrow(
      /^There are no flows to run\. Write for example: engine --flows/,
    );
  });

  it.each<[object, string]>([
    [{ port: "abc" }, '"abc" is not a value for --port. Write a number from 0 (any free port) to 65535.'],
    [{ httpPort: "70000" }, '"70000" is not a value for --http-port.'],
    [
      { redis: "localhost:6379" },
      '"localhost:6379" is not a value for --redis. Write for example redis://127.0.0.1:6379.',
    ],
    [{ namespace: "a{b}" }, '"a{b}" is not a value for --namespace.'],
    [{ name: "" }, '"" is not a value for --name.'],
    [{ host: "a b" }, '"a b" is not a value for --host.'],
    [
      { logLevel: "loud" },
      '"loud" is not a value for --log-level. Write one of trace, debug, info, warn, error, silent.',
    ],
    [{ drainTimeout: "soon" }, '"soon" is not a value for --drain-timeout.'],
    [{ flows: [""] }, '"" is not a value for --flows.'],
  ])("refuses the flag %o with what to write", (flags, sentence) => {
    expect(() => read({ flags: { flows: ["f"], ...flags } })).toThrow(
      expect.objectContaining({
        code: "cli/bad-setting",
        status: 400,
        message: expect.stringContaining(sentence),
      }),
    );
  });

  it("never shows a token, not even a bad one", () => {
    expect(() => read({ environment: { MILLRACE_TOKEN: "sh ort" } })).toThrow(
      '"…" is not a value for the environment variable MILLRACE_TOKEN.',
    );
  });

  it.each<[string, string]>([
    [
      '{"flows":"f","editor":"no"}',
      '"no" is not a value for "editor" in /project/c.json. Write true or false.',
    ],
    ['{"flows":[1]}', '"1" is not a value for "flows" in /project/c.json.'],
    ['{"flow":"f"}', '"flow" in "/project/c.json" is not a setting. Did you mean "flows"?'],
    ['{"__proto__":1}', '"__proto__" in "/project/c.json" is not a setting. Remove it.'],
    ["[]", "it is no JSON object"],
    ["{", 'The config file "/project/c.json" cannot be read'],
  ])("refuses the file %s with the field", (text, sentence) => {
    expect(() => read({ flags: {}, file: { path: "/project/c.json", text } })).toThrow(sentence);
  });
});

it.each([
  ["vaildate", ["validate", "deploy"], "validate"],
  ["delya", ["delay", "debug"], "delay"],
  ["x", ["validate"], undefined],
  ["anything", [], undefined],
])("for %s among %j the word probably meant is %s", (word, words, found) => {
  expect(nearest(word, words)).toBe(found);
});
