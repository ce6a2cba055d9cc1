// Channels: everyone who listens hears, in order; nobody hears what is not theirs.
import { expect, test } from "vitest";
import { bytes, eventually, someTopic, text } from "./given.ts";
import type { Given } from "./suite.ts";

export function channelContract({ shared }: Given): void {
  test("tells every subscriber, in order", async () => {
    const backend = shared();
    const channel = someTopic();
    const heard: [string, string | undefined][] = [];
    await using _one = await backend.channels.subscribe(channel, (body) => heard.push(["one", text(body)]));
    await using _two = await backend.channels.subscribe(channel, (body) => heard.push(["two", text(body)]));
    await Promise.all(["a", "b"].map((each) => backend.channels.publish(channel, bytes(each))));
    await eventually(() => heard.length === 4);
    expect(heard.filter(([who]) => who === "one").map(([, what]) => what)).toEqual(["a", "b"]);
    expect(heard.filter(([who]) => who === "two").map(([, what]) => what)).toEqual(["a", "b"]);
  });

  test("tells nothing after a subscription is disposed", async () => {
    const backend = shared();
    const channel = someTopic();
    const heard: (string | undefined)[] = [];
    const first = await backend.channels.subscribe(channel, (body) => heard.push(`first ${text(body)}`));
    await using _ = await backend.channels.subscribe(channel, (body) => heard.push(`second ${text(body)}`));
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await backend.channels.publish(channel, bytes("a"));
    await eventually(() => heard.length > 0);
    expect(heard).toEqual(["second a"]);
  });

  test("keeps flows apart, and carries every byte value", async () => {
    const backend = shared();
    const channel = someTopic();
    const heard: string[] = [];
    await using _ = await backend.channels.subscribe(channel, (body) => {
      heard.push(Buffer.from(body).toString("hex"));
    });
    const every = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    await backend.channels.publish(someTopic(), bytes("another flow's"));
    await backend.channels.publish({ flow: undefined, topic: channel.topic }, bytes("shared"));
    await backend.channels.publish(channel, every);
    await eventually(() => heard.length > 0);
    expect(heard).toEqual([every.toString("hex")]);
  });

  test("hears a pattern of shared channels with the name of each", async () => {
    const backend = shared();
    const { flow } = someTopic();
    const heard: [string, string | undefined][] = [];
    const pattern = { flow: undefined, topic: `/${flow}/*/state` };
    await using _ = await backend.channels.subscribePattern(pattern, (body, topic) => {
      heard.push([topic, text(body)]);
    });
    for (const name of ["kitchen/state", "hall/lamp/state", "state", "kitchen/state/x"]) {
      await backend.channels.publish({ flow: undefined, topic: `/${flow}/${name}` }, bytes(name));
    }
    await eventually(() => heard.length === 2);
    expect(heard).toEqual([
      [`/${flow}/kitchen/state`, "kitchen/state"],
      [`/${flow}/hall/lamp/state`, "hall/lamp/state"],
    ]);
  });

  test("hears a pattern of a flow's own topics, with the names as they were given", async () => {
    const backend = shared();
    const { flow } = someTopic();
    const heard: string[] = [];
    await using _ = await backend.channels.subscribePattern({ flow, topic: "a{*:b" }, (_body, topic) => {
      heard.push(topic);
    });
    const last = "a{last:b";
    for (const topic of ["a{x:b", "a{:b", "a[x:b", "ax:b", last]) {
      await backend.channels.publish({ flow, topic }, bytes(topic));
    }
    await eventually(() => heard.includes(last));
    expect(heard).toEqual(["a{x:b", "a{:b", last]);
  });

  test("takes ?, [ and \\ in a pattern for what they are", async () => {
    const backend = shared();
    const { flow } = someTopic();
    const heard: string[] = [];
    await using _ = await backend.channels.subscribePattern(
      { flow: undefined, topic: `/${flow}/[a]?\\*` },
      (_body, topic) => heard.push(topic),
    );
    const fits = `/${flow}/[a]?\\x`;
    for (const topic of [`/${flow}/a?\\x`, `/${flow}/[a]b\\x`, fits]) {
      await backend.channels.publish({ flow: undefined, topic }, bytes("x"));
    }
    await eventually(() => heard.includes(fits));
    expect(heard).toEqual([fits]);
  });

  test("goes on telling when a listener throws", async () => {
    const backend = shared();
    const channel = someTopic();
    const heard: (string | undefined)[] = [];
    await using _bad = await backend.channels.subscribe(channel, () => {
      throw new Error("a listener of the test");
    });
    await using _good = await backend.channels.subscribe(channel, (body) => heard.push(text(body)));
    await backend.channels.publish(channel, bytes("a"));
    await eventually(() => heard.length > 0);
    expect(heard).toEqual(["a"]);
  });
}
