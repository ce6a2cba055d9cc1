// Makes messages as they would arrive, and outputs as they would leave.
import type { EmitOptions, Once } from "../context.ts";
import type { Delivery, Message } from "../message.ts";
import type { FakeClock } from "./fake-clock.ts";

/** What a node emitted. */
export interface TestOutput {
  readonly port: string;
  readonly payload: unknown;
  readonly attributes: Readonly<Record<string, string>>;
  readonly correlationId: string;
  /** The messages it descends from. */
  readonly from: readonly Message[];
  /** Its place in a series, where the node gave one. */
  readonly once?: Once;
}

const FIELDS = new Set([
  "id",
  "topic",
  "time",
  "source",
  "correlationId",
  "attributes",
  "attempt",
  "payload",
]);

/** True for an object with a `payload` and nothing but fields of a message. */
export function isPartialMessage(value: unknown): value is Partial<Message> {
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, "payload")) return false;
  return Object.keys(value).every((key) => FIELDS.has(key));
}

/** Like the engine's messages, one whose id is not a property of its own: copying it with `...` loses that. */
class TestMessage implements Message {
  readonly topic: string;
  readonly time: number;
  readonly source: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly attempt: number;
  readonly payload: unknown;
  readonly #id: string;
  readonly #correlationId: string;

  constructor(given: Partial<Message> & { id: string; time: number }) {
    this.#id = given.id;
    this.#correlationId = given.correlationId ?? given.id;
    this.topic = given.topic ?? "test";
    this.time = given.time;
    this.source = given.source ?? "test/sender";
    this.attributes = Object.freeze({ ...given.attributes });
    this.attempt = given.attempt ?? 1;
    this.payload = given.payload;
    Object.freeze(this);
  }

  get id(): string {
    return this.#id;
  }
  get correlationId(): string {
    return this.#correlationId;
  }

  toJSON(): Message {
    const { id, topic, time, source, correlationId, attributes, attempt, payload } = this;
    return { id, topic, time, source, correlationId, attributes, attempt, payload };
  }
}

export class MessageMaker {
  readonly #clock: FakeClock;
  #count = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** A message with these fields, the others as in a usual one: ids count from `message-1`. */
  make(given: Partial<Message>): Message {
    return new TestMessage({ time: this.#clock.now(), ...given, id: given.id ?? `message-${++this.#count}` });
  }
}

/** Origins, attributes and correlation of an emit, by the rules of EmitOptions. */
export function makeOutput(
  port: string,
  payload: unknown,
  options: EmitOptions,
  handled: readonly Message[],
): TestOutput {
  const from = options.from === undefined ? handled : list(options.from).map(asMessage);
  const inherited = options.replaceAttributes ? {} : from[0]?.attributes;
  return {
    port,
    payload,
    attributes: { ...inherited, ...options.attributes },
    correlationId: options.correlationId ?? from[0]?.correlationId ?? "",
    from,
    ...(options.once && { once: options.once }),
  };
}

function list(from: NonNullable<EmitOptions["from"]>): readonly (Delivery | Message)[] {
  return Array.isArray(from) ? from : [from as Delivery | Message];
}

function asMessage(origin: Delivery | Message): Message {
  return "message" in origin ? origin.message : origin;
}
