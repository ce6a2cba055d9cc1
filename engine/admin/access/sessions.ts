// Sessions of people who signed in: each ends by itself, their number is bounded. An id is signed with a key made from
// the engine's token, so that a page that is open stays signed in when the engine restarts; a new token ends them all.
import { createHmac, randomBytes } from "node:crypto";
import type { Clock, ClockTimer } from "../../base/clock.ts";
import { sameSecret } from "./token.ts";

/** How long one sign-in lasts. */
export const SESSION_MS = 7 * 24 * 3_600_000;
/** Beyond this, the oldest session ends. */
const MOST_SESSIONS = 1000;
/** Ended ids that are remembered, so that a kept cookie does not open them again. */
const MOST_ENDED = 10_000;

export class Sessions implements Disposable {
  readonly #clock: Clock;
  readonly #key: Buffer;
  readonly #open = new Map<string, ClockTimer>();
  readonly #ended = new Set<string>();
  readonly #listeners = new Set<(session: string) => void>();

  constructor(clock: Clock, token: string) {
    this.#clock = clock;
    this.#key = createHmac("sha256", token).update("millrace session").digest();
  }

  /** A new session's id: when it ends, 192 random bits, and the signature of both. */
  begin(): string {
    const ends = this.#clock.now() + SESSION_MS;
    const unsigned = `${ends.toString(36)}.${randomBytes(24).toString("base64url")}`;
    const id = `${unsigned}.${this.#signature(unsigned)}`;
    this.#admit(id, SESSION_MS);
    return id;
  }

  has(id: string): boolean {
    if (this.#open.has(id)) return true;
    const leftMs = this.#ended.has(id) ? 0 : this.#leftMs(id);
    if (leftMs <= 0) return false;
    this.#admit(id, leftMs); // from before a restart
    return true;
  }

  end(id: string): void {
    const timer = this.#open.get(id);
    if (!timer) return;
    timer.cancel();
    this.#open.delete(id);
    const oldest = this.#ended.size >= MOST_ENDED ? this.#ended.values().next().value : undefined;
    if (oldest !== undefined) this.#ended.delete(oldest);
    this.#ended.add(id);
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

  #admit(id: string, leftMs: number): void {
    const oldest = this.#open.size >= MOST_SESSIONS ? this.#open.keys().next().value : undefined;
    if (oldest !== undefined) this.end(oldest);
    this.#open.set(
      id,
      this.#clock.schedule(leftMs, () => this.end(id)),
    );
  }

  /** How long an id of ours still holds; 0 for anything else. */
  #leftMs(id: string): number {
    const at = id.lastIndexOf(".");
    if (at < 0 || !sameSecret(id.slice(at + 1), this.#signature(id.slice(0, at)))) return 0;
    return Number.parseInt(id, 36) - this.#clock.now();
  }

  #signature(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}
