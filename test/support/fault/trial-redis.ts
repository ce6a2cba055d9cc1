// The Redis of a trial: one server, which engines may reach through a proxy that can cut; or a master with a replica
// behind Sentinels, of which now the one and now the other has the data.
import { RedisSentinels } from "../redis-sentinel.ts";
import { RedisServer } from "../redis-server.ts";
import { TcpProxy } from "../tcp-proxy.ts";

export interface TrialRedisOptions {
  readonly settings: Readonly<Record<string, string>>;
  readonly proxied: boolean;
  readonly behindSentinels: boolean;
}

export class TrialRedis implements AsyncDisposable {
  readonly sentinels: RedisSentinels | undefined;
  readonly proxy: TcpProxy | undefined;
  /** The only one, or the master at the start. */
  readonly server: RedisServer;

  private constructor(server: RedisServer, proxy?: TcpProxy, sentinels?: RedisSentinels) {
    this.server = server;
    this.proxy = proxy;
    this.sentinels = sentinels;
  }

  static async start({ settings, proxied, behindSentinels }: TrialRedisOptions): Promise<TrialRedis> {
    if (behindSentinels) {
      const sentinels = await RedisSentinels.start(settings);
      return new TrialRedis(sentinels.first, undefined, sentinels);
    }
    const server = await RedisServer.start({ settings });
    return new TrialRedis(server, proxied ? await TcpProxy.start(server.port) : undefined);
  }

  /** What engines are told. */
  get url(): string {
    return this.sentinels?.url ?? `redis://127.0.0.1:${this.proxy?.port ?? this.server.port}`;
  }

  /** Where the data is now. */
  async masterPort(): Promise<number> {
    return this.sentinels ? await this.sentinels.masterPort() : this.server.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy?.[Symbol.asyncDispose]();
    await (this.sentinels ?? this.server)[Symbol.asyncDispose]();
  }
}
