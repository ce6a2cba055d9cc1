import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { describe, expect, it } from "vitest";
import type {
  ClientToServerEvents,
  DebugEvent,
  LeftOutEvent,
  ServerToClientEvents,
} from "../../../engine/admin/api.ts";
import { type TestAdmin, TOKEN, testAdmin } from "../../support/admin.ts";

type Client = Socket<ServerToClientEvents, ClientToServerEvents> & AsyncDisposable;

function connect(admin: TestAdmin, options: Partial<ManagerOptions & SocketOptions> = {}): Client {
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(admin.url, {
    path: "/live",
    forceNew: true,
    reconnection: false,
    auth: { token: TOKEN },
    ...options,
  });
  return Object.assign(socket, {
    async [Symbol.asyncDispose]() {
      socket.disconnect();
    },
  });
}

const heard = <E extends keyof ServerToClientEvents | "connect" | "disconnect" | "connect_error">(
  client: Client,
  name: E,
) =>
  new Promise<unknown>((resolve) =>
    client.once(name as "connect", ((data: unknown) => resolve(data)) as () => void),
  );

const watch = (client: Client, ...rooms: string[]) => client.emitWithAck("watch", { rooms });

const debug = (label: string, value: unknown = null): { name: "debug-message"; data: DebugEvent } => ({
  name: "debug-message",
  data: { flow: "main", node: "a", label, time: 1, value, cut: false, message: null },
});

describe.each(["polling", "websocket"])("a live connection by %s", (transport) => {
  const transports = [transport];

  it("hears the rooms it watches, the last status at once", async () => {
    await using admin = await testAdmin();
    await using client = connect(admin, { transports });
    const status = heard(client, "node-status");
    expect(await watch(client, "status:main", "debug:main")).toEqual({ refused: [] });
    expect(await status).toMatchObject({ flow: "main", node: "first", text: "known" });
    const message = heard(client, "debug-message");
    admin.engine.tell("debug:main", debug("hello", { a: 1 }));
    expect(await message).toMatchObject({ label: "hello", value: { a: 1 } });
  });

  it("is refused without a token, with the reason", async () => {
    await using admin = await testAdmin();
    for (const auth of [{}, { token: "wrong" }, { token: { length: 3 } }]) {
      await using client = connect(admin, { transports, auth });
      const error = await heard(client, "connect_error");
      expect(error).toMatchObject({
        data: { code: expect.stringMatching(/^admin\/(not-signed-in|wrong-token)$/) },
      });
    }
  });

  it.each(["http://evil.example", "null"])("is refused for pages of %s", async (origin) => {
    await using admin = await testAdmin();
    await using client = connect(admin, { transports, extraHeaders: { origin } });
    expect(await heard(client, "connect_error")).toBeInstanceOf(Error);
  });

  it("lives as long as its session", async () => {
    await using admin = await testAdmin();
    const cookie = await admin.signIn();
    await using client = connect(admin, { transports, auth: {}, extraHeaders: { cookie } });
    await using byToken = connect(admin, { transports });
    await watch(client, "log");
    await watch(byToken, "log");
    const gone = heard(client, "disconnect");
    await admin.plain("/api/logout", {
      method: "POST",
      headers: { cookie, "content-type": "application/json" },
    });
    await gone;
    expect(byToken.connected).toBe(true);
  });
});

it("a live connection by another name than the engine's is refused (DNS rebinding)", async () => {
  await using admin = await testAdmin();
  await using client = connect(admin, { transports: ["websocket"], extraHeaders: { host: "evil.example" } });
  expect(await heard(client, "connect_error")).toBeInstanceOf(Error);
});

describe("rooms", () => {
  it("are replaced by the next watch", async () => {
    await using admin = await testAdmin();
    await using client = connect(admin);
    await watch(client, "log", "engines");
    await watch(client, "engines", "deploy");
    expect(["log", "engines", "deploy"].map((room) => admin.engine.watching(room))).toEqual([0, 1, 1]);
  });

  it("that do not exist are refused by name, the others heard", async () => {
    await using admin = await testAdmin();
    await using client = connect(admin);
    expect(await watch(client, "nonsense", "log")).toEqual({ refused: ["nonsense"] });
    expect(admin.engine.watching("log")).toBe(1);
  });

  it("are left when the client goes", async () => {
    await using admin = await testAdmin();
    const client = connect(admin);
    await watch(client, "log");
    client.disconnect();
    await expect.poll(() => admin.engine.watching("log")).toBe(0);
  });

  it("pass at most so many events a second, and say how many were left out", async () => {
    await using admin = await testAdmin();
    await using client = connect(admin);
    await watch(client, "debug:main");
    const labels: string[] = [];
    client.on("debug-message", ({ label }) => labels.push(label));
    for (let count = 1; count <= 130; count += 1) admin.engine.tell("debug:main", debug(`d${count}`));
    const leftOut = new Promise<LeftOutEvent>((resolve) => client.once("left-out", resolve));
    admin.clock.turn(1000);
    expect(await leftOut).toEqual({ room: "debug:main", count: 30 });
    expect([labels.length, labels.at(-1)]).toEqual([100, "d100"]);
    const next = heard(client, "debug-message");
    admin.engine.tell("debug:main", debug("after"));
    expect(await next).toMatchObject({ label: "after" });
  });

  it("that show a state are told anew after a loss", async () => {
    await using admin = await testAdmin();
    await using client = connect(admin);
    await watch(client, "status:main");
    const status = { flow: "main", node: "a", state: "running", text: "", level: "ok", time: 1 } as const;
    for (let count = 0; count < 600; count += 1) {
      admin.engine.tell("status:main", { name: "node-status", data: status });
    }
    const drained = heard(client, "node-status");
    await drained;
    const toldAnew = new Promise<void>((resolve) =>
      client.on("node-status", ({ text }) => text === "known" && resolve()),
    );
    admin.clock.turn(1000);
    await toldAnew;
    expect(admin.engine.watching("status:main")).toBe(1);
  });

  it("carry what JSON cannot say as text", async () => {
    await using admin = await testAdmin();
    await using client = connect(admin);
    await watch(client, "debug:main");
    const message = heard(client, "debug-message");
    admin.engine.tell("debug:main", debug("odd", { big: 1n, bytes: Buffer.from("hi") }));
    expect(await message).toMatchObject({ value: { big: "1", bytes: "aGk=" } });
  });

  it("end the connection of a client that talks nonsense", async () => {
    await using admin = await testAdmin();
    for (const nonsense of [undefined, { rooms: "log" }, { rooms: [1] }, { rooms: Array(201).fill("log") }]) {
      await using client = connect(admin);
      await heard(client, "connect");
      const gone = heard(client, "disconnect");
      client.emit("watch", nonsense as never);
      await gone;
    }
  });
});

describe("a slow client", () => {
  it("does not grow the engine's memory: what it cannot take is left out", async () => {
    await using admin = await testAdmin();
    await using client = connect(admin, { transports: ["websocket"] });
    await watch(client, "debug:main");
    let characters = 0;
    client.on("debug-message", ({ value }) => {
      characters += String(value).length;
    });
    // One turn of the loop: nothing can leave meanwhile, so all that passes is kept in memory.
    const large = "x".repeat(1024 * 1024);
    for (let count = 0; count < 50; count += 1) admin.engine.tell("debug:main", debug("large", large));
    const leftOut = new Promise<LeftOutEvent>((resolve) => client.once("left-out", resolve));
    admin.clock.turn(1000);
    const { count } = await leftOut;
    expect(count).toBeGreaterThanOrEqual(43);
    expect(characters).toBe((50 - count) * large.length);
  });
});
