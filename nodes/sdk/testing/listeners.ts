// What a node listens to beside its inputs: topics by name, failures and status changes of other nodes.
import type { NodeFailure, NodeSelector, NodeStatusEvent } from "../context.ts";
import type { Message } from "../message.ts";
import { runOn } from "./scope.ts";

interface Listener<T> {
  readonly accepts: (event: T) => boolean;
  readonly handle: (event: T) => void | Promise<void>;
  readonly last: boolean;
}

/** Handlers with a condition; removed by what `add` returns. */
export class Listeners<T> {
  readonly #listeners = new Set<Listener<T>>();

  add(accepts: (event: T) => boolean, handle: Listener<T>["handle"], last = false): Disposable {
    const listener = { accepts, handle, last };
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  get size(): number {
    return this.#listeners.size;
  }

  clear(): void {
    this.#listeners.clear();
  }

  /** Calls those that accept it (the `last` ones only when no other did); returns how many. */
  async tell(event: T, origins: readonly Message[]): Promise<number> {
    const accepting = [...this.#listeners].filter((listener) => listener.accepts(event));
    const first = accepting.filter((listener) => !listener.last);
    const chosen = first.length > 0 ? first : accepting;
    await Promise.all(chosen.map((listener) => runOn(origins, () => listener.handle(event))));
    return chosen.length;
  }
}

/** Whether a selector means this node. */
export function selects(selector: NodeSelector): (event: NodeFailure | NodeStatusEvent) => boolean {
  return ({ node }) => !selector.nodes?.length || selector.nodes.includes(node.id);
}

/** Whether a topic name is meant by a name or a pattern with `*`. */
export function matchesTopic(pattern: string): (topic: string) => boolean {
  if (!pattern.includes("*")) return (topic) => topic === pattern;
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`);
  return (topic) => expression.test(topic);
}
