// A route of the admin API, described once as data: the description yields the check of requests, the OpenAPI
// document and the types in its handler.
import { type Static, type TSchema, Type } from "@millrace/sdk";
import type { EngineControl } from "../control.ts";

/** Who asks. */
export interface Caller {
  readonly name: string;
  /** Undefined when the request was authorized by the token itself. */
  readonly session: string | undefined;
}

/** What a request holds after it was checked. */
export interface RouteCall<P = unknown, Q = unknown, B = unknown> {
  readonly engine: EngineControl;
  readonly caller: Caller;
  /** Network address of the client. */
  readonly address: string;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

export interface Reply {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Method = "GET" | "PUT" | "POST" | "DELETE";

export interface Route<
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends TSchema = TSchema,
> {
  readonly method: Method;
  /** With `:name` for parameters. */
  readonly path: string;
  /** One sentence for the OpenAPI document. */
  readonly summary: string;
  readonly tag: "flows" | "nodes" | "topics" | "engine" | "session";
  /** `open`: answers anyone. Default: only who signed in. */
  readonly access?: "open" | "signed-in";
  /** String parameters of the path. */
  readonly params?: P;
  /** Query parameters: strings, or integers, which are read from text. */
  readonly query?: Q;
  readonly body?: B;
  readonly bodyLimitBytes?: number;
  /** The body of the answer when all went well, and its status. */
  readonly response: TSchema;
  /** Of an answer that is text, as it is; default: JSON. */
  readonly responseType?: string;
  readonly status?: number;
  handle(call: RouteCall<Static<P>, Static<Q>, Static<B>>): Reply | Promise<Reply>;
}

/** A route whose schemas are not known in detail. */
// biome-ignore lint/suspicious/noExplicitAny: `handle` is contravariant in its schemas; only any accepts them all
export type AnyRoute = Route<any, any, any>;

/** Types a route's handler from its schemas. */
export function defineRoute<P extends TSchema, Q extends TSchema, B extends TSchema>(
  route: Route<P, Q, B>,
): AnyRoute {
  return route;
}

/** A path parameter that names a flow: its file name without `.json`, never a path. */
export const FlowName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: "^[^/\\\\\\u0000-\\u001f.][^/\\\\\\u0000-\\u001f]*$",
  description: "Name of a flow.",
});

/** Any other name in a path. */
export const Name = (description: string) => Type.String({ minLength: 1, maxLength: 300, description });
