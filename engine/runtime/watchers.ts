// Nodes that watch other nodes of the flow: catch hears failures, status hears status changes.
import type { NodeFailure, NodeSelector, NodeStatusEvent } from "@millrace/sdk";

interface Watcher<E> {
  readonly owner: string;
  readonly selector: NodeSelector;
  readonly handle: (event: E) => void | Promise<void>;
}

export class Watchers<E extends { readonly node: NodeFailure["node"] }> {
  readonly #watchers = new Set<Watcher<E>>();

  /** `owner`: id of the watching node, which never hears of itself. */
  add(owner: string, selector: NodeSelector, handle: (event: E) => void | Promise<void>): Disposable {
    const watcher = { owner, selector, handle };
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) };
  }

  /** Who takes the event: all that select it; those for the uncaught only when nobody else does. */
  takers(event: E): ((event: E) => void | Promise<void>)[] {
    const fitting = [...this.#watchers].filter(
      ({ owner, selector }) =>
        owner !== event.node.id && (selector.nodes === undefined || selector.nodes.includes(event.node.id)),
    );
    const eager = fitting.filter(({ selector }) => !selector.uncaughtOnly);
    return (eager.length > 0 ? eager : fitting).map(({ handle }) => handle);
  }
}

export type FailureWatchers = Watchers<NodeFailure>;
export type StatusWatchers = Watchers<NodeStatusEvent>;
