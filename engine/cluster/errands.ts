// Asking another engine to do something that only it can do now, and hearing how it went. For what people ask by hand:
// it is asked once, and nothing of it is kept.
import type { ChannelStore, TopicAddress } from "../backend/backend.ts";
import { engineSilent, errandRefused, errorText } from "../base/errors/index.ts";
import type { Logger } from "../base/logger.ts";

/** No flow can have this name, so its channels belong to the engines alone. */
const FLOW = "~errands";
const WAIT_MS = 5_000;

interface Asked {
  readonly from: string;
  readonly number: number;
  readonly errand: unknown;
}

interface Answered {
  readonly number: number;
  /** Why it was refused. */
  readonly refusal?: string;
}

export interface ErrandsOptions {
  readonly engineId: string;
  readonly channels: ChannelStore;
  readonly log: Logger;
  /** Does what another engine asks for. What it throws is told to the other. */
  readonly run: (errand: unknown) => Promise<void>;
}

export class Errands implements AsyncDisposable {
  readonly #options: ErrandsOptions;
  readonly #waiting = new Map<number, (answer: Answered) => void>();
  #subscription: AsyncDisposable | undefined;
  #number = 0;

  private constructor(options: ErrandsOptions) {
    this.#options = options;
  }

  static async open(options: ErrandsOptions): Promise<Errands> {
    const errands = new Errands(options);
    const channel = channelOf(options.engineId);
    errands.#subscription = await options.channels.subscribe(channel, (body) => errands.#receive(body));
    return errands;
  }

  /** Resolves when the engine has done it; throws `cluster/errand-refused` or `cluster/engine-silent`. JSON only. */
  async ask(engine: string, errand: unknown): Promise<void> {
    const number = ++this.#number;
    const { promise, resolve } = Promise.withResolvers<Answered | undefined>();
    const timer = setTimeout(() => resolve(undefined), WAIT_MS);
    this.#waiting.set(number, resolve);
    try {
      await this.#send(engine, { from: this.#options.engineId, number, errand });
      const answer = await promise;
      if (!answer) throw engineSilent({ engine });
      if (answer.refusal !== undefined) throw errandRefused({ engine, reason: answer.refusal });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(number);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#subscription?.[Symbol.asyncDispose]();
  }

  #receive(body: Uint8Array): void {
    let heard: Asked | Answered;
    try {
      heard = JSON.parse(new TextDecoder().decode(body));
    } catch {
      return; // not from an engine
    }
    if ("errand" in heard) void this.#run(heard);
    else this.#waiting.get(heard.number)?.(heard);
  }

  async #run({ from, number, errand }: Asked): Promise<void> {
    const { run, log } = this.#options;
    let refusal: { refusal?: string } = {};
    try {
      await run(errand);
    } catch (error) {
      refusal = { refusal: errorText(error) };
    }
    await this.#send(from, { number, ...refusal }).catch((error) => {
      log.debug(`Engine "${from}" was not told how its errand went: ${errorText(error)}`);
    });
  }

  #send(engine: string, message: Asked | Answered): Promise<void> {
    return this.#options.channels.publish(
      channelOf(engine),
      new TextEncoder().encode(JSON.stringify(message)),
    );
  }
}

function channelOf(engineId: string): TopicAddress {
  return { flow: FLOW, topic: engineId };
}
