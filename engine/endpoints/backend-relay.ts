// Carries answers between engines over the backend's channels: each engine hears a channel of its own.
import type { HttpAnswer } from "@millrace/sdk";
import type { ChannelStore, TopicAddress } from "../backend/backend.ts";
import type { Clock } from "../base/clock.ts";
import { decodeValue, encodeValue } from "../codec/index.ts";
import type { AnswerRelay } from "./relay.ts";

/** No flow can have this name, so its channels belong to the engines alone. */
const FLOW = "~http";
const WAIT_MS = 2_000;

interface Handed {
  readonly from: string;
  readonly number: number;
  readonly callId?: string;
  readonly answer?: HttpAnswer;
  /** Of a reply: whether the call still waited. */
  readonly taken?: boolean;
}

export interface BackendRelayOptions {
  readonly engineId: string;
  readonly channels: ChannelStore;
  readonly clock: Clock;
}

export class BackendRelay implements AnswerRelay, AsyncDisposable {
  readonly #options: BackendRelayOptions;
  readonly #waiting = new Map<number, (taken: boolean) => void>();
  #listener: ((callId: string, answer: HttpAnswer) => boolean) | undefined;
  #subscription: AsyncDisposable | undefined;
  #number = 0;

  private constructor(options: BackendRelayOptions) {
    this.#options = options;
  }

  static async open(options: BackendRelayOptions): Promise<BackendRelay> {
    const relay = new BackendRelay(options);
    const { channels, engineId } = options;
    relay.#subscription = await channels.subscribe(channelOf(engineId), (body) => relay.#receive(body));
    return relay;
  }

  async send(engineId: string, callId: string, answer: HttpAnswer): Promise<boolean> {
    const number = ++this.#number;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = this.#options.clock.schedule(WAIT_MS, () => resolve(false));
    this.#waiting.set(number, resolve);
    try {
      await this.#hand(engineId, { from: this.#options.engineId, number, callId, answer });
      return await promise;
    } finally {
      timer.cancel();
      this.#waiting.delete(number);
    }
  }

  onAnswer(listener: (callId: string, answer: HttpAnswer) => boolean): Disposable {
    this.#listener = listener;
    return {
      [Symbol.dispose]: () => {
        if (this.#listener === listener) this.#listener = undefined;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#subscription?.[Symbol.asyncDispose]();
  }

  #receive(body: Uint8Array): void {
    const handed = decodeValue(body) as Handed;
    if (handed.taken !== undefined) {
      this.#waiting.get(handed.number)?.(handed.taken);
      return;
    }
    if (handed.callId === undefined || !handed.answer) return;
    const taken = this.#listener?.(handed.callId, handed.answer) ?? false;
    const reply = { from: this.#options.engineId, number: handed.number, taken };
    void this.#hand(handed.from, reply).catch(() => undefined); // then the other one's time runs out
  }

  #hand(engineId: string, handed: Handed): Promise<void> {
    return this.#options.channels.publish(channelOf(engineId), encodeValue(handed));
  }
}

function channelOf(engineId: string): TopicAddress {
  return { flow: FLOW, topic: engineId };
}
