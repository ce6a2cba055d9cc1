// Which engines are there. Each boot shows a card and keeps a lease; the others look at both again and again, and
// declare dead whose beats stand still, by taking the lease over: the dead one, should it wake up, learns it from its
// next beat.
import type { LeaseState, LeaseStore, StateStore } from "../backend/backend.ts";
import { errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import { Cards, engineOf, type MemberCard, memberLease, NEVER_HELD } from "./member.ts";
import { monotonicMs } from "./monotonic.ts";
import { Standstill } from "./standstill.ts";

/** How long a boot that is gone is remembered: what comes up late may still have to ask for what it left. */
const REMEMBER_MS = 60_000;
/** Pause between tries to take over what could not be taken over yet, for example because its flow is stopped. */
const CLAIM_AGAIN_MS = 5_000;

export interface MembershipOptions {
  readonly leases: LeaseStore;
  readonly state: StateStore;
  readonly consumer: string;
  readonly about: Readonly<Record<string, unknown>>;
  readonly leaseMs: number;
  readonly log: Logger;
  /** A boot is gone: ended, or declared dead. True when nothing of what it had is left, so that it may be forgotten. */
  readonly onGone: (consumer: string) => Promise<boolean>;
  /** After every look. */
  readonly onLook: () => void;
}

interface Gone {
  readonly since: number;
  /** It is being cleared away. */
  busy: boolean;
  forgettable: boolean;
  /** It is asked for the last time whether something is left. */
  isLast: boolean;
  triedAt: number;
}

export class Membership {
  readonly #options: MembershipOptions;
  readonly #cards: Cards;
  readonly #standstill: Standstill;
  readonly #gone = new Map<string, Gone>();
  /** Cards whose lease was never taken, and since when they are seen. */
  #joining = new Map<string, number>();
  readonly #shares = new Set<string>();
  #living: readonly MemberCard[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookingSoon = false;
  #cardIsOld = false;
  #about: Readonly<Record<string, unknown>>;
  #closed = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#cards = new Cards(options.state);
    this.#about = options.about;
    this.#standstill = new Standstill(options.leaseMs);
  }

  /** The boots that are there, this one included, in no particular order. */
  get living(): readonly MemberCard[] {
    return this.#living;
  }

  /** Boots that are gone and may have left something. */
  gone(): string[] {
    return [...this.#gone.keys()];
  }

  /** Shows this boot to the others. Before it takes its lease: who has a lease must be seen. */
  announce(): Promise<void> {
    return this.#cards.write(this.#card());
  }

  /**
   * Declares the earlier boots of this engine dead without waiting: whoever has an engine's id knows that they ended.
   */
  async takeOverEarlierBoots(): Promise<void> {
    const { leases, consumer } = this.#options;
    const cards = await this.#cards.all();
    for (const { consumer: other } of cards) {
      if (other === consumer || engineOf(other) !== engineOf(consumer)) continue;
      const lease = memberLease(other);
      const [seen] = await leases.read([lease]);
      if (seen?.owner === other) await leases.take(lease, consumer, seen);
    }
  }

  /** Looks once, and then again and again. Rejects when the first look does. */
  async start(): Promise<void> {
    await this.look();
    const { leaseMs, log } = this.#options;
    const every = Math.min(400, Math.max(50, leaseMs / 10));
    const again = () => {
      if (this.#closed) return;
      this.#timer = setTimeout(() => {
        this.look()
          .catch((error) => log.debug(`Could not look for the other engines: ${errorText(error)}`))
          .finally(again);
      }, every);
      this.#timer.unref();
    };
    again();
  }

  /** One look at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Looks now, or right after the look that is under way. */
  lookSoon(): void {
    if (this.#lookingSoon || this.#closed) return;
    this.#lookingSoon = true;
    void (this.#looking ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.#lookingSoon = false;
        return this.#closed ? undefined : this.look();
      })
      .catch((error) => this.#options.log.debug(`Could not look for the other engines: ${errorText(error)}`));
  }

  /** What this boot tells people of itself has changed. */
  tell(about: Readonly<Record<string, unknown>>): void {
    this.#about = about;
    this.#cardIsOld = true;
  }

  /** This boot takes part in sharing something out, or no longer. The others see it soon. */
  takePart(share: string, takes: boolean): void {
    if (takes) this.#shares.add(share);
    else this.#shares.delete(share);
    this.#cardIsOld = true;
  }

  /** Whether a boot that holds something is gone; asks, when it does not know it. */
  async isGone(consumer: string): Promise<boolean> {
    if (consumer === this.#options.consumer) return false;
    if (this.#gone.has(consumer)) return true;
    if (this.#living.some((card) => card.consumer === consumer)) return false;
    const [state] = await this.#options.leases.read([memberLease(consumer)]);
    return state?.owner !== consumer;
  }

  /** Looks no more. The card stays until what this boot leaves is cleared away. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { leases, consumer, onLook } = this.#options;
    if (this.#cardIsOld) {
      this.#cardIsOld = false;
      await this.#cards.write(this.#card());
    }
    const asked = monotonicMs();
    const cards = await this.#cards.all();
    const states = await leases.read(cards.map((card) => memberLease(card.consumer)));
    if (this.#closed) return;
    const living: MemberCard[] = [];
    const watched = new Map<string, LeaseState>();
    const joining = new Map<string, number>();
    cards.forEach((card, index) => {
      const state = states[index];
      if (!state || card.consumer === consumer) return;
      if (state.epoch === 0) {
        joining.set(card.consumer, this.#joining.get(card.consumer) ?? asked);
      } else if (state.owner === card.consumer) {
        watched.set(card.consumer, state);
        living.push(card);
      } else this.#foundGone(card.consumer);
    });
    this.#joining = joining;
    for (const name of this.#standstill.look(watched, asked, monotonicMs())) {
      await this.#declareDead(name, watched.get(name) ?? NEVER_HELD);
    }
    const known = new Set(cards.map((card) => card.consumer));
    if (!known.has(consumer)) this.#cardIsOld = true; // somebody emptied the backend
    for (const before of this.#living) {
      if (before.consumer !== consumer && !known.has(before.consumer)) this.#foundGone(before.consumer);
    }
    this.#living = [this.#card(), ...living.filter((card) => !this.#gone.has(card.consumer))];
    onLook();
    this.#clearAway(known);
  }

  async #declareDead(name: string, seen: LeaseState): Promise<void> {
    const { leases, consumer, log } = this.#options;
    const taken = await leases.take(memberLease(name), consumer, seen);
    if (taken.owner === name || this.#closed) return;
    log.warn(`Engine "${engineOf(name)}" does not live any more; its work is taken over.`, { boot: name });
    this.#foundGone(name);
  }

  #foundGone(name: string): void {
    if (this.#gone.has(name)) return;
    this.#gone.set(name, {
      since: monotonicMs(),
      busy: false,
      forgettable: false,
      isLast: false,
      triedAt: 0,
    });
    void this.#claim(name);
  }

  /** Tells those who take over; again after a while, as long as something may be left. */
  async #claim(name: string): Promise<void> {
    const gone = this.#gone.get(name);
    if (!gone || gone.busy) return;
    gone.busy = true;
    gone.triedAt = monotonicMs();
    try {
      gone.forgettable = await this.#options.onGone(name);
    } catch (error) {
      gone.forgettable = false;
      this.#options.log.warn(
        `What engine "${engineOf(name)}" left is not yet taken over: ${errorText(error)}`,
      );
    } finally {
      gone.busy = false;
    }
  }

  #clearAway(known: ReadonlySet<string>): void {
    const now = monotonicMs();
    for (const [name, gone] of this.#gone) {
      if (gone.busy) continue;
      if (!gone.forgettable) {
        if (now - gone.triedAt > CLAIM_AGAIN_MS) void this.#claim(name);
      } else if (!known.has(name)) this.#gone.delete(name);
      else if (gone.isLast) void this.#forget(name);
      else if (now - gone.since > REMEMBER_MS) {
        gone.isLast = true;
        gone.forgettable = false;
        void this.#claim(name);
      }
    }
    for (const [name, since] of this.#joining) {
      if (now - since > REMEMBER_MS) void this.#cards.forget(name).catch(() => undefined); // asked again next time
    }
  }

  async #forget(name: string): Promise<void> {
    const { leases, log } = this.#options;
    try {
      await this.#cards.forget(name);
      const lease = memberLease(name);
      const [seen] = await leases.read([lease]);
      if (seen && seen.owner !== name) await leases.forget(lease, seen);
    } catch (error) {
      log.debug(`Engine "${engineOf(name)}" was not forgotten: ${errorText(error)}`);
    }
  }

  #card(): MemberCard {
    const { consumer } = this.#options;
    return { consumer, engine: engineOf(consumer), shares: [...this.#shares].sort(), about: this.#about };
  }
}
