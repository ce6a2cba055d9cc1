// Lets rooms show the whole cluster: engines say which rooms are watched at them, and hand over what happens in those
// to the others. An interest that is not repeated is forgotten, so engines that vanish cost nothing for long.
import type { Backend, TopicAddress } from "../backend/backend.ts";
import type { Clock, ClockTimer } from "../base/clock.ts";
import { errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";
import type { LiveEvent } from "../control.ts";
import type { LiveHub } from "./hub.ts";

/** No flow can have this name, so its channels belong to the engines alone. */
const FLOW = "~live";
const REPEAT_MS = 5_000;
const FORGET_MS = 12_000;

interface Envelope {
  readonly engine: string;
  /** Rooms watched at that engine. */
  readonly rooms?: readonly string[];
  readonly room?: string;
  readonly event?: LiveEvent;
}

export interface RelayOptions {
  readonly backend: Backend;
  readonly engineId: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hub: LiveHub;
}

export class LiveRelay implements AsyncDisposable {
  readonly #options: RelayOptions;
  readonly #asked = new Map<string, { until: number; source: Disposable }>();
  readonly #channel: TopicAddress = { flow: FLOW, topic: "rooms" };
  #subscription: AsyncDisposable | undefined;
  #timer: ClockTimer | undefined;

  private constructor(options: RelayOptions) {
    this.#options = options;
  }

  static async open(options: RelayOptions): Promise<LiveRelay> {
    const relay = new LiveRelay(options);
    relay.#subscription = await options.backend.channels.subscribe(relay.#channel, (body) =>
      relay.#receive(body),
    );
    relay.#beat();
    return relay;
  }

  /** The rooms watched here have changed: the others learn it at once. */
  tell(): void {
    const rooms = this.#options.hub.watchedRooms();
    if (rooms.length > 0) this.#send({ engine: this.#options.engineId, rooms });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    for (const { source } of this.#asked.values()) source[Symbol.dispose]();
    this.#asked.clear();
    await this.#subscription?.[Symbol.asyncDispose]();
  }

  #beat(): void {
    this.tell();
    const now = this.#options.clock.monotonic();
    for (const [room, asked] of this.#asked) {
      if (asked.until > now) continue;
      asked.source[Symbol.dispose]();
      this.#asked.delete(room);
    }
    this.#timer = this.#options.clock.schedule(REPEAT_MS, () => this.#beat());
  }

  #receive(body: Uint8Array): void {
    const { engineId, hub } = this.#options;
    let envelope: Envelope;
    try {
      envelope = JSON.parse(new TextDecoder().decode(body));
    } catch {
      return; // not from an engine
    }
    if (envelope.engine === engineId) return;
    if (envelope.room !== undefined && envelope.event) hub.showFromElsewhere(envelope.room, envelope.event);
    for (const room of envelope.rooms ?? []) this.#ask(room);
  }

  #ask(room: string): void {
    const until = this.#options.clock.monotonic() + FORGET_MS;
    const known = this.#asked.get(room);
    if (known) {
      known.until = until;
      return;
    }
    const { engineId, hub, log } = this.#options;
    try {
      const source = hub.watchHere(room, (event) => this.#send({ engine: engineId, room, event }));
      this.#asked.set(room, { until, source });
    } catch (error) {
      log.debug(`Another engine asked for a room that is not here: ${errorText(error)}`);
    }
  }

  #send(envelope: Envelope): void {
    const body = new TextEncoder().encode(JSON.stringify(envelope));
    this.#options.backend.channels.publish(this.#channel, body).catch((error) => {
      this.#options.log.debug(`The other engines were not told what happens here: ${errorText(error)}`);
    });
  }
}
