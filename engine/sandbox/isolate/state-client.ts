// `state` inside an isolate: requests go out as notes, answers come back by number. Updates of one key wait for
// each other.
import { MAX_STATE_REQUESTS } from "./limits.ts";
import { type Outbox, RefusedError } from "./outbox.ts";

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
    const set = async (key: string, value: unknown) =>
      void (await this.#ask("set", scope, key, index(), value));
    const remove = async (key: string) => void (await this.#ask("delete", scope, key, index()));
    return {
      get,
      set,
      delete: remove,
      update: (key, change) =>
        this.#inTurn(`${scope} ${key}`, async () => {
          const next = await change(await get(key));
          await (next === undefined ? remove(key) : set(key, next));
          return next;
        }),
    };
  }

  #ask(
    op: "get" | "set" | "delete",
    scope: Scope,
    key: string,
    index: number,
    value?: unknown,
  ): Promise<unknown> {
    if (typeof key !== "string") throw new TypeError("A key of state is a string.");
    if (this.#waiting.size >= MAX_STATE_REQUESTS)
      throw new RefusedError("too-many", String(MAX_STATE_REQUESTS));
    const request = this.#next++;
    if (op === "set" && value !== undefined) {
      const carried = this.#outbox.carry(value);
      this.#outbox.noteWith(carried, (payload) => ["state", request, index, op, scope, key, payload]);
    } else {
      this.#outbox.note(["state", request, index, op === "set" ? "delete" : op, scope, key]);
    }
    return new Promise((resolve, reject) => this.#waiting.set(request, { resolve, reject }));
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
