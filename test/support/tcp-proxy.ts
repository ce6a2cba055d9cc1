// A TCP proxy between a test and a server: it can cut connections, swallow replies first, or hold everything.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

export class TcpProxy implements AsyncDisposable {
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  /** Replies that are not passed on, from now. */
  #swallowing = false;
  #swallowFrom: string | undefined;
  #refusing = false;
  #cuts = 0;

  private constructor(listener: Server) {
    this.#listener = listener;
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const listener = createServer({ noDelay: true });
    const proxy = new TcpProxy(listener);
    listener.on("connection", (client) => proxy.#join(client, targetPort));
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** How many connections were cut. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Requests still arrive, their replies do not. */
  swallowReplies(swallowing: boolean): void {
    this.#swallowing = swallowing;
  }

  /** From the request that holds the text on, replies are swallowed. */
  swallowRepliesFrom(text: string): void {
    this.#swallowFrom = text;
  }

  /** New connections are closed at once, or taken again. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
  }

  /** Cuts all connections. */
  cut(): void {
    for (const pair of this.#pairs) {
      this.#cuts++;
      pair.client.resetAndDestroy();
      pair.server.destroy();
    }
    this.#pairs.clear();
  }

  /**
   * Until disposed: now and then swallows replies for a moment and then cuts every connection, so that requests take
   * effect whose answers are lost.
   */
  harass(everyMs: number): Disposable {
    const timer = setInterval(() => {
      this.#swallowing = true;
      setTimeout(() => {
        this.cut();
        this.#swallowing = false;
      }, everyMs / 4);
    }, everyMs);
    return {
      [Symbol.dispose]: () => {
        clearInterval(timer);
        this.#swallowing = false;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await once(this.#listener, "close");
  }

  #join(client: Socket, targetPort: number): void {
    if (this.#refusing) {
      client.destroy();
      return;
    }
    const server = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    const pair = { client, server };
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.on("error", end);
      socket.on("close", end);
    }
    client.on("data", (bytes) => {
      if (this.#swallowFrom !== undefined && bytes.includes(this.#swallowFrom)) {
        this.#swallowFrom = undefined;
        this.#swallowing = true;
      }
      server.write(bytes);
    });
    server.on("data", (bytes) => {
      if (!this.#swallowing) client.write(bytes);
    });
  }
}
