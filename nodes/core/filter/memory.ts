// The last value by key, so many keys at most: the one not seen for longest is forgotten first.
import type { StateScope } from "@millrace/sdk";

/** Kept in memory, and beside it in the state when the node should remember over a restart. */
export class Memory {
  readonly #values = new Map<string, { readonly value: unknown }>();
  readonly #limit: number;
  readonly #state: StateScope | undefined;

  constructor(limit: number, state: StateScope | undefined) {
    this.#limit = limit;
    this.#state = state;
  }

  /** At once when it is known or nothing is kept in the state. */
  get(
    key: string,
  ): { readonly value: unknown } | undefined | Promise<{ readonly value: unknown } | undefined> {
    const known = this.#values.get(key);
    return known || !this.#state ? known : this.#state.get<{ value: unknown }>(`last:${key}`);
  }

  set(key: string, value: unknown): void | Promise<void> {
    this.#values.delete(key);
    this.#values.set(key, { value });
    const oldest = this.#values.size > this.#limit ? this.#values.keys().next().value : undefined;
    if (oldest !== undefined) this.#values.delete(oldest);
    if (!this.#state) return;
    const { state, forgotten } = { state: this.#state, forgotten: oldest };
    return Promise.all([
      state.set(`last:${key}`, { value }),
      forgotten === undefined ? undefined : state.delete(`last:${forgotten}`),
    ]).then(() => undefined);
  }

  /** Forgets one key, or all that are in memory. */
  async forget(key: string | undefined): Promise<void> {
    const keys = key === undefined ? [...this.#values.keys()] : [key];
    for (const each of keys) this.#values.delete(each);
    await Promise.all(keys.map((each) => this.#state?.delete(`last:${each}`)));
  }
}
