// Routes that were just removed. A node that is redeployed takes its route away and offers it again; requests that
// come in between wait for that instead of meeting 404.
import type { HttpRoute } from "@millrace/sdk";
import type { Clock } from "../base/clock.ts";
import { RouteTable } from "./route-table.ts";

/** How long a removed route is expected back. */
export const PARTING_MS = 5_000;

export class PartingRoutes {
  readonly #clock: Clock;
  readonly #gone = new RouteTable();
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** This route was removed now. */
  add(route: HttpRoute): void {
    let gone: Disposable;
    try {
      gone = this.#gone.add(route);
    } catch {
      // The same path was removed twice within the time: it is expected back already.
      return;
    }
    this.#clock.schedule(PARTING_MS, () => {
      gone[Symbol.dispose]();
      this.changed();
    });
  }

  /** Whether this request would have been served a moment ago. */
  expects(method: string, path: string): boolean {
    return this.#gone.size > 0 && typeof this.#gone.find(method, path) === "object";
  }

  /** Resolves at the next change of routes, or when the last hope is gone. */
  nextChange(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** A route came, or is not expected back any more: whoever waits looks again. */
  changed(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resume of waiting) resume();
  }
}
