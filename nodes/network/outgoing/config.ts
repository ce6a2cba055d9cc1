// The config of an http-request node.
import { Duration, Type } from "@millrace/sdk";

const secret = (title: string, description: string) =>
  Type.String({ title, description, minLength: 1, "x-widget": "secret" });

const templates = (title: string, description: string) =>
  Type.Record(Type.String(), Type.String(), { title, description, "x-widget": "key-value", default: {} });

const Auth = Type.Union(
  [
    Type.Object(
      {
        type: Type.Literal("basic"),
        user: Type.String({ title: "User", description: "The user name." }),
        password: secret("Password", "The password."),
      },
      { title: "Basic: user and password" },
    ),
    Type.Object(
      {
        type: Type.Literal("digest"),
        user: Type.String({ title: "User", description: "The user name." }),
        password: secret("Password", "The password; it is never sent itself."),
      },
      { title: "Digest: user and password" },
    ),
    Type.Object(
      { type: Type.Literal("bearer"), token: secret("Token", "The token.") },
      { title: "Bearer: a token" },
    ),
  ],
  { title: "Authentication", description: "Sent to the origin of the URL, never on to another one." },
);

const Tls = Type.Object(
  {
    rejectUnauthorized: Type.Boolean({
      title: "Verify",
      description: "Refuses servers whose certificate cannot be trusted.",
      default: true,
    }),
    ca: Type.Optional(
      Type.String({ title: "CA", description: "Certificates to trust, as PEM.", "x-widget": "text" }),
    ),
    cert: Type.Optional(
      Type.String({ title: "Certificate", description: "The client's own, as PEM.", "x-widget": "text" }),
    ),
    key: Type.Optional(secret("Key", "The client's own private key, as PEM.")),
  },
  { title: "TLS", description: "How servers are trusted, and who the client is." },
);

export const HttpRequestConfig = Type.Object({
  method: Type.Enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"], {
    title: "Method",
    description: "The HTTP method.",
    default: "GET",
  }),
  url: Type.String({
    title: "URL",
    description:
      "Where to, with values of the message: https://api.example.com/users/{{payload.id}}. Values are encoded; {{{payload.url}}} goes as it is.",
    minLength: 1,
  }),
  headers: templates("Headers", "Request headers; values may hold {{payload.…}}."),
  query: templates("Query", "Query parameters; values may hold {{payload.…}}."),
  payload: Type.Enum(["body", "query", "ignore"], {
    title: "Payload",
    description:
      "What the payload is for: the body (not of GET and HEAD), more query parameters, or nothing.",
    default: "body",
  }),
  body: Type.Optional(
    Type.Unknown({
      title: "Body",
      description: "Sent in place of the payload: text, or JSON; texts in it may hold {{payload.…}}.",
      "x-widget": "json",
    }),
  ),
  response: Type.Enum(["auto", "text", "json", "bytes"], {
    title: "Response",
    description: "What the body of the answer becomes. auto: by its content type.",
    default: "auto",
  }),
  throwOnStatus: Type.Boolean({
    title: "Fail on error status",
    description: "An answer of 400 or more fails the message. Otherwise it leaves the output as any other.",
    default: true,
  }),
  timeout: Duration({
    title: "Timeout",
    description: "Limit of one try, until the whole answer is there.",
    default: "30s",
  }),
  retries: Type.Integer({
    title: "Retries",
    description:
      "How often it is tried again when nobody answers, or with one of the statuses below. POST and PATCH only where the server did not begin: refused connections, 429 and 503.",
    minimum: 0,
    maximum: 20,
    default: 2,
  }),
  retryStatuses: Type.Array(Type.Integer({ minimum: 400, maximum: 599 }), {
    title: "Retry on",
    description: "Statuses that another try may cure. Retry-After is honoured, up to a minute.",
    default: [408, 425, 429, 500, 502, 503, 504],
  }),
  idempotencyKey: Type.Boolean({
    title: "Idempotency key",
    description:
      "Sends the message's id as Idempotency-Key, the same for all tries; POST is then retried like PUT.",
    default: false,
  }),
  redirects: Type.Integer({
    title: "Redirects",
    description: "How many are followed. 0: the redirect itself is the answer.",
    minimum: 0,
    maximum: 20,
    default: 5,
  }),
  responseLimit: Type.Integer({
    title: "Response limit",
    description: "The largest body that is taken, in bytes, unpacked.",
    minimum: 0,
    default: 10_000_000,
  }),
  allowPrivate: Type.Boolean({
    title: "Private addresses",
    description: "Lets it call this machine and private networks. Link-local and metadata addresses never.",
    default: false,
  }),
  proxy: Type.Optional(
    Type.String({
      title: "Proxy",
      description:
        "URL of an HTTP proxy, for example http://proxy:8080. It looks names up itself, so that only addresses written as such are checked here.",
      pattern: "^https?://",
    }),
  ),
  auth: Type.Optional(Auth),
  tls: Type.Optional(Tls),
});

export type HttpRequestConfig = Type.Static<typeof HttpRequestConfig>;
