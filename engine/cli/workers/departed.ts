// Gives back the member leases of workers that ended: their supervisor knows it, so nobody need wait until they are
// missed. Should Redis be away, the leases die of themselves.
import { openRedisLeases, type RedisLeasesOptions } from "../../backend/redis/open-leases.ts";
import { errorText } from "../../base/errors/error.ts";
import type { Logger } from "../../base/logger.ts";
import { memberLease } from "../../cluster/index.ts";

type OpenLeases = Awaited<ReturnType<typeof openRedisLeases>>;

export class Departed implements AsyncDisposable {
  readonly #redis: RedisLeasesOptions;
  readonly #log: Logger;
  #opening: Promise<OpenLeases> | undefined;

  constructor(redis: RedisLeasesOptions, log: Logger) {
    this.#redis = redis;
    this.#log = log;
  }

  /** `consumer` (`<engine>:<boot>`) is dead: what it held goes to the others at once. */
  async giveBack(consumer: string): Promise<void> {
    try {
      const { leases } = await this.#open();
      const lease = memberLease(consumer);
      const [state] = await leases.read([lease]);
      if (state?.owner === consumer) await leases.release(consumer, lease, state.epoch);
    } catch (error) {
      this.#log.debug(`The lease of "${consumer}" was not given back: ${errorText(error)}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = await this.#opening?.catch(() => undefined);
    await open?.[Symbol.asyncDispose]();
  }

  #open(): Promise<OpenLeases> {
    this.#opening ??= openRedisLeases(this.#redis, this.#log).catch((error) => {
      this.#opening = undefined; // asked again for the next one
      throw error;
    });
    return this.#opening;
  }
}
