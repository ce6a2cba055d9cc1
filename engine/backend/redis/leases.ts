// Leases in Redis: a hash each, changed only by the functions of leases.lua. Every call may be repeated until there is
// a definite answer: taking what one holds already changes nothing, and a beat more is only a beat more.
import type { LeaseAddress, LeaseState, LeaseStore } from "../leases.ts";
import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";
import type { FunctionName } from "./library.ts";

export class RedisLeases implements LeaseStore {
  readonly #connection: Connection;
  readonly #keys: Keys;

  constructor(connection: Connection, keys: Keys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  read(leases: readonly LeaseAddress[]): Promise<LeaseState[]> {
    return Promise.all(
      leases.map(async (lease) => {
        const key = this.#keys.lease(lease);
        const [owner, epoch, beat] = await this.#connection.call(`read the lease "${lease.name}"`, (redis) =>
          redis.hmget(key, "owner", "epoch", "beat"),
        );
        return { owner: owner ?? "", epoch: Number(epoch ?? 0), beat: Number(beat ?? 0) };
      }),
    );
  }

  async take(lease: LeaseAddress, owner: string, seen: LeaseState): Promise<LeaseState> {
    const args = [owner, seen.owner, seen.epoch, seen.beat];
    return stateOf(await this.#call("take_lease", lease, args, "take"));
  }

  beat(owner: string, held: readonly { lease: LeaseAddress; epoch: number }[]): Promise<boolean[]> {
    return Promise.all(
      held.map(
        async ({ lease, epoch }) => (await this.#call("beat_lease", lease, [owner, epoch], "keep")) === 1,
      ),
    );
  }

  async release(owner: string, lease: LeaseAddress, epoch: number): Promise<void> {
    await this.#call("release_lease", lease, [owner, epoch], "release");
  }

  async forget(lease: LeaseAddress, seen: LeaseState): Promise<void> {
    await this.#call("forget_lease", lease, [seen.owner, seen.epoch, seen.beat], "forget");
  }

  #call(
    name: FunctionName,
    lease: LeaseAddress,
    args: readonly (string | number)[],
    verb: string,
  ): Promise<unknown> {
    const call = this.#connection.fcall(name, [this.#keys.lease(lease)], args);
    return this.#connection.call(`${verb} the lease "${lease.name}"`, (redis) => redis.call("FCALL", call));
  }
}

function stateOf(reply: unknown): LeaseState {
  const [owner, epoch, beat] = Array.isArray(reply) ? reply : [];
  return { owner: String(owner ?? ""), epoch: Number(epoch ?? 0), beat: Number(beat ?? 0) };
}
