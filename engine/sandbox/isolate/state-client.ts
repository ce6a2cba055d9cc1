// `state` inside an isolate: requests go out as notes, answers come back by number. Updates of one key wait for
// each other.
import { MAX_STATE_REQUESTS } from "./limits.ts";
import { type Outbox, RefusedError } from "./outbox.ts";
import type { Carried } from "./report.ts";

type Scope = "node" | "flow" | "global";
type Change = (current: unknown) => unknown;

export interface ScriptState {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  update(key: string, change: Change): Promise<unknown>;
}

export class StateClient {
  readonly #outbox: Outbox;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  readonly #updates = new Map<string, Promise<unknown>>();
  #next = 1;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** `index` tells which message asks, at the moment it asks. */
  scopes(index: () => number): ScriptState & { flow: ScriptState; global: ScriptState } {
    return {
      ...this.#scope("node", index),
      flow: this.#scope("flow", index),
      global: this.#scope("global", index),
    };
  }

  answer(request: number, ok: boolean, value: unknown): void {
    const waiting = this.#waiting.get(request);
    this.#waiting.delete(request);
    if (ok) waiting?.resolve(value);
    else waiting?.reject(new Error(String(value)));
  }

  #scope(scope: Scope, index: () => number): ScriptState {
    const get = (key: string) => this.#ask("get", scope, key, index());
    const set = async (key: string, value: unknown) => {
      if (value === undefined) return remove(key);
      await this.#ask("set", scope, key, index(), [this.#carried(value)]);
    };
    const remove = async (key: string) => void (await this.#ask("delete", scope, key, index()));
    return {
      get,
      set,
      delete: remove,
      update: (key, change) =>
        this.#inTurn(`${scope} ${key}`, async () => {
          for (;;) {
            const current = await get(key);
            const expected = this.#carried(current); // as it is now: `change` may write into it
            const next = await change(current);
            const values = [this.#carried(next), expected];
            if (await this.#ask("replace", scope, key, index(), values)) return next;
          }
        }),
    };
  }

  #ask(
    op: "get" | "set" | "delete" | "replace",
    scope: Scope,
    key: string,
    index: number,
    values: readonly Carried[] = [],
  ): Promise<unknown> {
    if (typeof key !== "string") throw new TypeError("A key of state is a string.");
    if (this.#waiting.size >= MAX_STATE_REQUESTS)
      throw new RefusedError("too-many", String(MAX_STATE_REQUESTS));
    const request = this.#next++;
    this.#outbox.noteWith(values, ([value, expected]) => [
      "state",
      request,
      index,
      op,
      scope,
      key,
      value,
      expected,
    ]);
    return new Promise((resolve, reject) => this.#waiting.set(request, { resolve, reject }));
  }

  /** In a list of its own, or an empty one when there is none: so it can be told from null. */
  #carried(value: unknown): Carried {
    return this.#outbox.carry(value === undefined ? [] : [value]);
  }

  #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#updates.get(key) ?? Promise.resolve()).then(work, work);
    this.#updates.set(key, turn);
    const forget = () => {
      if (this.#updates.get(key) === turn) this.#updates.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  }
}
