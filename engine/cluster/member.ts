// A member of the cluster: one boot of one engine, known by the name that its consumers of streams have too.
import type { LeaseAddress, LeaseState, StateStore } from "../backend/backend.ts";

/** What a member tells of itself to the others. */
export interface MemberCard {
  /** `<engine id>:<boot id>`, never used again. */
  readonly consumer: string;
  readonly engine: string;
  /** What it takes part in: keys of shares. */
  readonly shares: readonly string[];
  /** For people: version, host and the like. */
  readonly about: Readonly<Record<string, unknown>>;
}

export const NEVER_HELD: LeaseState = { owner: "", epoch: 0, beat: 0 };

export function memberLease(consumer: string): LeaseAddress {
  return { flow: undefined, name: `member/${consumer}` };
}

/** A boot id: of the same length for centuries, so that no consumer's name begins with another's. */
export function makeBootId(now: number): string {
  return `${Math.floor(now).toString(36).padStart(9, "0")}${crypto.randomUUID().slice(0, 8)}`;
}

export function consumerName(engine: string, boot: string): string {
  return `${engine}:${boot}`;
}

export function engineOf(consumer: string): string {
  return consumer.slice(0, consumer.lastIndexOf(":"));
}

const SCOPE = "engines";

/** The cards of all members, kept in the backend until nothing of theirs is left to do. */
export class Cards {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  async all(): Promise<MemberCard[]> {
    const names = await this.#state.keys(SCOPE);
    const cards = await Promise.all(names.map(async (name) => parse(await this.#state.get(SCOPE, name))));
    return cards.filter((card) => card !== undefined);
  }

  write(card: MemberCard): Promise<void> {
    return this.#state.set(SCOPE, card.consumer, new TextEncoder().encode(JSON.stringify(card)));
  }

  forget(consumer: string): Promise<void> {
    return this.#state.delete(SCOPE, consumer);
  }
}

function parse(bytes: Uint8Array | undefined): MemberCard | undefined {
  if (!bytes) return undefined;
  try {
    const card = JSON.parse(new TextDecoder().decode(bytes));
    return typeof card.consumer === "string" && Array.isArray(card.shares) ? card : undefined;
  } catch {
    return undefined;
  }
}
