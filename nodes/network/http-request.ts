// Calls an HTTP server for each message and passes on its answer.
import { type Delivery, defineNode, Failure, type Message, type NodeContext, Type } from "@millrace/sdk";
import { type Answer, Client, nameOf, Unanswered } from "./outgoing/client.ts";
import { HttpRequestConfig } from "./outgoing/config.ts";
import { compileOutgoing, type Outgoing } from "./outgoing/outgoing.ts";
import { retryDelay } from "./outgoing/retry.ts";
import { viewOf } from "./outgoing/template.ts";

export const httpRequest = defineNode({
  type: "http-request",
  title: "HTTP request",
  summary: "Calls an HTTP server for each message and passes on its answer.",
  category: "network",
  icon: "world-www",
  docs: `Sends a request and emits \`{ status, headers, body, url }\`. In the URL, headers, query and body,
\`{{payload.name}}\` stands for a value of the message.

An answer of 400 or more, or none, fails the message after its retries; with \`throwOnStatus: false\` error answers
leave \`out\`, too. Requests to this machine and to private networks are refused unless \`allowPrivate\` is set, also
when a name or a redirect leads there. Up to 16 requests run at once; the node's \`concurrency\` says otherwise.

\`\`\`json
{
  "method": "POST",
  "url": "https://api.example.com/users/{{payload.id}}/notes",
  "headers": { "accept": "application/json" },
  "body": { "text": "{{payload.text}}" },
  "timeout": "10s"
}
\`\`\``,
  config: HttpRequestConfig,
  inputs: { in: Type.Unknown() },
  outputs: {
    out: Type.Object({
      status: Type.Integer(),
      headers: Type.Record(Type.String(), Type.Unknown()),
      body: Type.Unknown({ description: "JSON, text or bytes." }),
      url: Type.String({ description: "Of the last request, after redirects." }),
    }),
  },
  concurrency: 16,
  // Each try has the config's own limit.
  timeoutMs: 0,
  start(context) {
    const requester = new Requester(context);
    return {
      in: (message: Message, delivery: Delivery) => requester.handle(message, delivery),
      health: () => requester.health(),
      close: () => requester[Symbol.asyncDispose](),
    };
  },
});

class Requester implements AsyncDisposable {
  readonly #context: NodeContext<HttpRequestConfig>;
  readonly #outgoing: ReturnType<typeof compileOutgoing>;
  readonly #client: Client;
  /** Why the last request got no answer; empty when it got one. */
  #trouble = "";

  constructor(context: NodeContext<HttpRequestConfig>) {
    this.#context = context;
    this.#outgoing = compileOutgoing(context.config);
    this.#client = new Client(context.config);
  }

  async handle(message: Message, delivery: Delivery): Promise<void> {
    const request = this.#outgoing(viewOf(message));
    const answer = await this.#answerTo(request, delivery.signal);
    if (answer.status >= 400 && this.#context.config.throwOnStatus) throw statusFailure(request, answer);
    await this.#context.emit("out", answer);
  }

  health() {
    return { healthy: this.#trouble === "", text: this.#trouble };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }

  async #answerTo(request: Outgoing, signal: AbortSignal): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#try(request, signal);
      this.#show(outcome);
      const delay = this.#delayAfter(request, outcome, tries);
      if (delay === undefined) {
        if (outcome instanceof Unanswered) throw outcome;
        return outcome;
      }
      await this.#wait(delay, signal);
    }
  }

  async #try(request: Outgoing, signal: AbortSignal): Promise<Answer | Unanswered> {
    const late = new AbortController();
    const timer = this.#context.after(this.#client.timeoutMs, () => late.abort());
    try {
      return await this.#client.exchange(request, AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (error instanceof Unanswered) return error;
      if (!late.signal.aborted || signal.aborted) throw error;
      const sentence = `${nameOf(request)} was not answered within ${this.#context.config.timeout}.`;
      return new Unanswered(sentence, { connected: true, cause: error });
    } finally {
      timer[Symbol.dispose]();
    }
  }

  #delayAfter(request: Outgoing, outcome: Answer | Unanswered, tries: number): number | undefined {
    const { retries, retryStatuses, idempotencyKey } = this.#context.config;
    const tried = {
      method: request.method,
      repeatable: idempotencyKey,
      tries,
      retries,
      statuses: retryStatuses,
    };
    const now = this.#context.clock.now();
    if (outcome instanceof Unanswered) {
      return retryDelay({ ...tried, outcome: { connected: outcome.connected } }, now, Math.random());
    }
    const after = outcome.headers["retry-after"];
    const retryAfter = typeof after === "string" ? after : undefined;
    return retryDelay({ ...tried, outcome: { status: outcome.status, retryAfter } }, now, Math.random());
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        timer[Symbol.dispose]();
        reject(signal.reason);
      };
      const timer = this.#context.after(ms, () => {
        signal.removeEventListener("abort", stop);
        resolve();
      });
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
  }

  /** The status tells of trouble when it begins and ends. */
  #show(outcome: Answer | Unanswered): void {
    const trouble = outcome instanceof Unanswered ? outcome.message : "";
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#context.status(trouble, trouble === "" ? "ok" : "error");
  }
}

/** The same request would get the same answer, unless it was the server's trouble. */
function statusFailure(request: Outgoing, { status, body }: Answer): Failure {
  const text = typeof body === "string" ? body : body instanceof Uint8Array ? "" : JSON.stringify(body);
  const said =
    text === "" || text === "null" ? "" : ` It said: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`;
  const retry = status >= 500 || status === 408 || status === 425 || status === 429;
  return new Failure(`${nameOf(request)} answered ${status}.${said}`, { code: "http/status", retry });
}
