// The messages that wait to be joined, by group. Every group is bounded in size and, with a timeout, in time.
import { type Delivery, Failure } from "@millrace/sdk";
import type { Parts } from "../split/parts.ts";

export interface Member {
  readonly delivery: Delivery;
  readonly value: unknown;
  readonly key: string | undefined;
  readonly parts: Parts | undefined;
}

export interface Group {
  readonly name: string;
  readonly members: Member[];
  timer: Disposable | undefined;
  /** How many members make it complete, once that is known. */
  count: number | undefined;
}

export interface GroupLimits {
  readonly groups: number;
  readonly messages: number;
}

export class Groups {
  readonly #limits: GroupLimits;
  readonly #groups = new Map<string, Group>();
  #messages = 0;

  constructor(limits: GroupLimits) {
    this.#limits = limits;
  }

  get(name: string): Group | undefined {
    return this.#groups.get(name);
  }

  /** Adds a member and holds its delivery. Throws when that would pass a limit. `opened` sees a new group. */
  add(name: string, member: Member, opened: (group: Group) => void): Group {
    const group = this.#groups.get(name);
    if (group) this.#prune(group);
    if (this.#messages >= this.#limits.messages || this.#groups.size >= this.#limits.groups) {
      for (const each of this.all()) this.#prune(each);
    }
    const known = this.#groups.get(name);
    if (this.#messages >= this.#limits.messages) {
      throw full(
        `${this.#messages} messages wait to be joined already. Raise "maxMessages" or set a "timeout".`,
      );
    }
    if (!known && this.#groups.size >= this.#limits.groups) {
      throw full(
        `${this.#groups.size} groups wait to be joined already. Raise "maxGroups" or set a "timeout".`,
      );
    }
    const joined: Group = known ?? { name, members: [], timer: undefined, count: undefined };
    member.delivery.hold();
    joined.members.push(member);
    this.#messages++;
    if (known) return joined;
    this.#groups.set(name, joined);
    opened(joined);
    return joined;
  }

  /** Takes a group out; its deliveries, those that are still open, are now the caller's. */
  remove(group: Group): void {
    group.timer?.[Symbol.dispose]();
    if (!this.#groups.has(group.name)) return;
    this.#leaveOut(group);
    this.#groups.delete(group.name);
    this.#messages -= group.members.length;
  }

  all(): Group[] {
    return [...this.#groups.values()];
  }

  #prune(group: Group): void {
    this.#leaveOut(group);
    if (group.members.length === 0) this.remove(group);
  }

  /** Members whose message has failed elsewhere meanwhile: it comes again, with all its parts. */
  #leaveOut(group: Group): void {
    const open = group.members.filter(({ delivery }) => delivery.isOpen);
    this.#messages -= group.members.length - open.length;
    group.members.splice(0, Infinity, ...open);
  }
}

function full(sentence: string): Failure {
  return new Failure(sentence, { code: "join/full" });
}
