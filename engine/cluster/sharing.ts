// Ownership over a cluster: after every look at the members, each engine computes for itself who shall have which part,
// gives back what is not its own any more, and takes what is free. Two that compute differently for a moment do no harm:
// a part is only taken when it is nobody's, or its holder is gone.
import type { Fence, LeaseAddress, LeaseStore } from "../backend/leases.ts";
import { errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import { assignParts } from "./assign.ts";
import { engineOf } from "./member.ts";
import type { Ownership, PartHolder, Shared } from "./ownership.ts";

export interface SharingOptions {
  readonly leases: LeaseStore;
  readonly log: Logger;
  /** How long a planned hand-over waits for its holder. */
  readonly handOverMs: number;
  readonly members: MembersView;
}

/** What the sharing asks of the membership. */
export interface MembersView {
  /** Who takes the leases: this boot. */
  consumer(): string;
  /** Certainly a member at this moment. */
  isTrusted(): boolean;
  participants(share: string): string[];
  isGone(consumer: string): Promise<boolean>;
  takePart(share: string, takes: boolean): void;
  /** Looks soon, instead of at the next turn. */
  lookSoon(): void;
}

interface Share {
  readonly key: string;
  readonly what: Shared;
  readonly holder: PartHolder;
  readonly held: Map<number, Fence>;
  /** Parts whose loss the holder is told of. */
  readonly leaving: Map<number, { abort: AbortController; done: Promise<void> }>;
  /** Participants at the last step after which nothing was left to do. */
  settledWith: string | undefined;
  settledAt: number;
  stepping: Promise<void> | undefined;
  closed: boolean;
}

/** What is settled is looked at again now and then: somebody may have emptied the backend. */
const RECHECK_LOOKS = 12;

export class Sharing implements Ownership {
  readonly #options: SharingOptions;
  readonly #shares = new Map<string, Share>();
  readonly #closing = new Map<string, Promise<void>>();
  #looks = 0;

  constructor(options: SharingOptions) {
    this.#options = options;
  }

  share(what: Shared, holder: PartHolder): AsyncDisposable {
    const key = shareKey(what);
    if (this.#shares.has(key)) throw new Error(`"${key}" is shared out here already.`);
    const share: Share = {
      key,
      what,
      holder,
      held: new Map(),
      leaving: new Map(),
      settledWith: undefined,
      settledAt: 0,
      stepping: undefined,
      closed: false,
    };
    this.#shares.set(key, share);
    this.#options.members.takePart(key, true);
    this.#options.members.lookSoon();
    return { [Symbol.asyncDispose]: () => this.#close(share) };
  }

  isCertain(): boolean {
    return this.#options.members.isTrusted();
  }

  async holderOf(what: { flow: string; name: string }, part: number): Promise<string | undefined> {
    const [state] = await this.#options.leases.read([partLease(what, part)]);
    if (!state || state.owner === "" || (await this.#options.members.isGone(state.owner))) return undefined;
    return engineOf(state.owner);
  }

  /** The members were looked at. */
  looked(): void {
    this.#looks++;
    for (const share of this.#shares.values()) this.#step(share);
  }

  /** The backend was away, and may have forgotten its last moments: what is held is looked at again. */
  recheck(): void {
    for (const share of this.#shares.values()) share.settledWith = undefined;
  }

  /** This boot may not trust its membership any more: what it holds is void until it may again. */
  suspend(): void {
    for (const share of this.#shares.values()) {
      share.settledWith = undefined;
      for (const part of [...share.held.keys()]) void this.#lose(share, part, true);
      for (const { abort } of share.leaving.values()) abort.abort();
    }
  }

  /** Everything was given back, or will die with the member. */
  async close(): Promise<void> {
    await Promise.all([...this.#shares.values()].map((share) => this.#close(share)));
  }

  #step(share: Share): void {
    share.stepping ??= this.#assign(share)
      .catch((error) => {
        share.settledWith = undefined;
        this.#options.log.debug(`"${share.key}" was not shared out: ${errorText(error)}`);
      })
      .finally(() => {
        share.stepping = undefined;
      });
  }

  async #assign(share: Share): Promise<void> {
    const { leases, members } = this.#options;
    const { what, held, leaving } = share;
    if (share.closed || !members.isTrusted() || this.#closing.has(share.key)) return;
    const me = members.consumer();
    const participants = members.participants(share.key).sort();
    const view = participants.join("\n");
    if (share.settledWith === view && this.#looks - share.settledAt < RECHECK_LOOKS) return;
    const states = await leases.read(Array.from({ length: what.count }, (_, part) => partLease(what, part)));
    if (share.closed || !members.isTrusted()) return;
    const owners = states.map(({ owner }) => (participants.includes(owner) ? owner : undefined));
    const wanted = assignParts(what.count, participants, owners, share.key);
    let settled = true;
    for (const [part, state] of states.entries()) {
      if (leaving.has(part)) {
        settled = false;
        continue;
      }
      const lease = partLease(what, part);
      const mine = state.owner === me;
      if (!mine && held.has(part)) void this.#lose(share, part, true);
      if (wanted[part] !== me) {
        if (mine && held.has(part)) void this.#handOver(share, part);
        else if (mine) await leases.release(me, lease, state.epoch);
        if (mine || state.owner === "" || state.owner !== wanted[part]) settled = false;
      } else if (mine) {
        if (!held.has(part)) this.#gain(share, part, { lease, epoch: state.epoch });
      } else if (state.owner === "" || (await members.isGone(state.owner))) {
        const taken = await leases.take(lease, me, state);
        if (taken.owner === me) await this.#taken(share, part, { lease, epoch: taken.epoch });
        else settled = false;
      } else settled = false;
    }
    share.settledWith = settled ? view : undefined;
    share.settledAt = this.#looks;
  }

  async #taken(share: Share, part: number, fence: Fence): Promise<void> {
    const { leases, members } = this.#options;
    if (share.closed) await leases.release(members.consumer(), fence.lease, fence.epoch);
    else if (members.isTrusted()) this.#gain(share, part, fence);
  }

  #gain(share: Share, part: number, fence: Fence): void {
    share.held.set(part, fence);
    try {
      share.holder.gained(part, fence);
    } catch (error) {
      this.#options.log.error(`"${share.key}" could not begin: ${errorText(error)}`);
    }
  }

  async #handOver(share: Share, part: number): Promise<void> {
    const fence = share.held.get(part);
    if (!fence) return;
    await this.#lose(share, part, false);
    const { leases, members, log } = this.#options;
    await leases.release(members.consumer(), fence.lease, fence.epoch).catch((error) => {
      log.debug(`"${share.key}" was not given back: ${errorText(error)}`); // seen again at the next step
    });
    members.lookSoon();
  }

  /** Resolves when the holder has let go, at the latest when the time of a hand-over is up. */
  #lose(share: Share, part: number, lostAlready: boolean): Promise<void> {
    share.held.delete(part);
    const abort = new AbortController();
    if (lostAlready) abort.abort();
    const holder = Promise.resolve()
      .then(() => share.holder.lost(part, abort.signal))
      .catch((error) => this.#options.log.warn(`"${share.key}" did not end well: ${errorText(error)}`));
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, this.#options.handOverMs);
    const done = Promise.race([holder, late.promise]).finally(() => {
      clearTimeout(timer);
      abort.abort();
    });
    share.leaving.set(part, { abort, done });
    void holder.finally(() => share.leaving.delete(part));
    return done;
  }

  #close(share: Share): Promise<void> {
    if (share.closed) return this.#closing.get(share.key) ?? Promise.resolve();
    share.closed = true;
    this.#shares.delete(share.key);
    const closing = this.#giveBack(share).finally(() => {
      this.#closing.delete(share.key);
      if (this.#shares.has(share.key)) this.#options.members.lookSoon();
    });
    this.#closing.set(share.key, closing);
    return closing;
  }

  async #giveBack(share: Share): Promise<void> {
    const { leases, members, log } = this.#options;
    await share.stepping;
    const consumer = members.consumer();
    const held = [...share.held.values()];
    share.held.clear();
    members.takePart(share.key, this.#shares.has(share.key));
    const given = Promise.all(held.map(({ lease, epoch }) => leases.release(consumer, lease, epoch)));
    // While the backend is away nothing can be given back: it dies with this boot.
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, GIVE_BACK_WITHIN_MS);
    await Promise.race([given, late.promise]).catch((error) =>
      log.debug(`"${share.key}" was not given back: ${errorText(error)}`),
    );
    clearTimeout(timer);
    await Promise.all([...share.leaving.values()].map(({ done }) => done));
  }
}

const GIVE_BACK_WITHIN_MS = 2_000;

export function partLease({ flow, name }: { flow: string; name: string }, part: number): LeaseAddress {
  return { flow, name: `share/${name}/${part}` };
}

function shareKey({ flow, name, count }: Shared): string {
  return `${flow}/${name}:${count}`;
}
