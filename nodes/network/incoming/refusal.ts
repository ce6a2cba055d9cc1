// Why an endpoint does not take a request; becomes its answer.
import type { HttpAnswer } from "@millrace/sdk";

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { headers?: Record<string, string>; facts?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.headers = more.headers ?? {};
    this.facts = more.facts ?? {};
  }

  get answer(): HttpAnswer {
    const body = { error: { code: this.code, message: this.message, ...this.facts } };
    return { status: this.status, headers: this.headers, body };
  }
}
