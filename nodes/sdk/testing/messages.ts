// Makes messages as they would arrive, and outputs as they would leave.
import type { EmitOptions } from "../context.ts";
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

export class MessageMaker {
  readonly #clock: FakeClock;
  #count = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** A message with these fields, the others as in a usual one: ids count from `message-1`. */
  make(given: Partial<Message>): Message {
    const id = given.id ?? `message-${++this.#count}`;
    return Object.freeze({
      id,
      topic: "test",
      time: this.#clock.now(),
      source: "test/sender",
      correlationId: id,
      attempt: 1,
      payload: undefined,
      ...given,
      attributes: Object.freeze({ ...given.attributes }),
    });
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
  const inherited = options.replaceAttributes ? {} : from.at(-1)?.attributes;
  return {
    port,
    payload,
    attributes: { ...inherited, ...options.attributes },
    correlationId: options.correlationId ?? from[0]?.correlationId ?? "",
    from,
  };
}

function list(from: NonNullable<EmitOptions["from"]>): readonly (Delivery | Message)[] {
  return Array.isArray(from) ? from : [from as Delivery | Message];
}

function asMessage(origin: Delivery | Message): Message {
  return "message" in origin ? origin.message : origin;
}
