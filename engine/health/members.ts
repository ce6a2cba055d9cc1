// The engines on one backend, as people see them: each writes a card, and says now and then that it is there.
// For looking only: no decision rests on it.
import { hostname } from "node:os";
import type { EngineInfo } from "../admin/api.ts";
import type { StateStore } from "../backend/backend.ts";
import type { Clock, ClockTimer } from "../base/clock.ts";
import { errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";

const SCOPE = "engines";
const REPEAT_MS = 5_000;
const GONE_MS = 15_000;

type Card = Omit<EngineInfo, "self"> & { readonly seen: number };

export interface MembersOptions {
  readonly id: string;
  readonly version: string;
  readonly state: StateStore;
  /** Names of the flows that run here. */
  readonly flows: () => readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  /** The list has changed. */
  readonly onChange: (engines: readonly EngineInfo[]) => void;
}

export class Members implements AsyncDisposable {
  readonly #options: MembersOptions;
  readonly #startedAt: number;
  #timer: ClockTimer | undefined;
  #last = "";

  constructor(options: MembersOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  /** Shows this engine to the others, from now on. */
  async join(): Promise<void> {
    await this.#beat();
  }

  async list(): Promise<EngineInfo[]> {
    const { state, id, clock } = this.#options;
    const keys = await state.keys(SCOPE);
    const cards = await Promise.all(keys.map(async (key) => parseCard(await state.get(SCOPE, key))));
    const now = clock.now();
    return cards
      .filter((card): card is Card => card !== undefined && Math.abs(now - card.seen) < GONE_MS)
      .map(({ seen: _, ...card }) => ({ ...card, self: card.id === id }))
      .sort((a, b) => a.id.localeCompare(b.id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    const { state, id, log } = this.#options;
    await state.delete(SCOPE, id).catch((error) => log.debug(`Could not sign off: ${errorText(error)}`));
  }

  async #beat(): Promise<void> {
    const { id, version, state, flows, clock, log, onChange } = this.#options;
    const card: Card = {
      id,
      version,
      host: hostname(),
      pid: process.pid,
      startedAt: this.#startedAt,
      flows: flows(),
      seen: clock.now(),
    };
    try {
      await state.set(SCOPE, id, new TextEncoder().encode(JSON.stringify(card)));
      const engines = await this.list();
      const text = JSON.stringify(engines);
      if (text !== this.#last) onChange(engines);
      this.#last = text;
      await this.#forgetOld();
    } catch (error) {
      log.debug(`Could not be seen by the other engines: ${errorText(error)}`);
    }
    this.#timer = clock.schedule(REPEAT_MS, () => void this.#beat());
  }

  /** Cards of engines that have been gone for an hour. */
  async #forgetOld(): Promise<void> {
    const { state, clock } = this.#options;
    for (const key of await state.keys(SCOPE)) {
      const card = parseCard(await state.get(SCOPE, key));
      if (!card || clock.now() - card.seen > 3_600_000) await state.delete(SCOPE, key);
    }
  }
}

function parseCard(bytes: Uint8Array | undefined): Card | undefined {
  if (!bytes) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
