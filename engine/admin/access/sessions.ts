// Sessions of people who signed in: random ids in memory, each ending by itself, their number bounded.
import { randomBytes } from "node:crypto";
import type { Clock, ClockTimer } from "../../base/clock.ts";

/** How long one sign-in lasts. */
export const SESSION_MS = 7 * 24 * 3_600_000;
/** Beyond this, the oldest session ends. */
const MOST_SESSIONS = 1000;

export class Sessions implements Disposable {
  readonly #clock: Clock;
  readonly #open = new Map<string, ClockTimer>();
  readonly #listeners = new Set<(session: string) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new session's id: 256 random bits. */
  begin(): string {
    const oldest = this.#open.size >= MOST_SESSIONS ? this.#open.keys().next().value : undefined;
    if (oldest !== undefined) this.end(oldest);
    const id = randomBytes(32).toString("base64url");
    this.#open.set(
      id,
      this.#clock.schedule(SESSION_MS, () => this.end(id)),
    );
    return id;
  }

  has(id: string): boolean {
    return this.#open.has(id);
  }

  end(id: string): void {
    const timer = this.#open.get(id);
    if (!timer) return;
    timer.cancel();
    this.#open.delete(id);
    for (const listener of this.#listeners) listener(id);
  }

  /** Hears of each session that ended: signed out, expired, or pushed out by newer ones. */
  onEnd(listener: (session: string) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#open.keys()]) this.end(id);
  }
}
