// What the admin API refuses, and how it says so.
import { defineError } from "./error.ts";

export const portInUse = defineError<{ port: number }>({
  code: "admin/port-in-use",
  explain: "Another program listens on the port of the admin API.",
  message: ({ port }) =>
    `Port ${port} is already in use. Stop the other program or give --port another number.`,
});

export const cannotListen = defineError<{ host: string; port: number; reason: string }>({
  code: "admin/cannot-listen",
  explain:
    "The address of the admin API cannot be listened on: it is not one of this machine, or needs rights.",
  message: ({ host, port, reason }) =>
    `The admin API cannot listen on "${host}" port ${port}: ${reason}. Give --host and --port an address of this machine.`,
});

export const hostRefused = defineError<{ host: string }>({
  code: "admin/host-refused",
  status: 403,
  explain:
    "The Host header names something that this engine is not. A page elsewhere may be pointing its own name at this machine (DNS rebinding); a proxy's name must be allowed in the configuration.",
  message: ({ host }) =>
    `"${host}" is not a name of this engine. Open it by its own address, or add the name to the allowed hosts.`,
});

export const originRefused = defineError<{ origin: string }>({
  code: "admin/origin-refused",
  status: 403,
  explain: "A page of another site tried to use the admin API.",
  message: ({ origin }) =>
    `Requests from "${origin}" are refused. Use the editor that this engine serves, or call the API without a browser.`,
});

export const notSignedIn = defineError<void>({
  code: "admin/not-signed-in",
  status: 401,
  explain: "The request has no valid token and no session.",
  message: () => "Sign in first: send the token as Authorization: Bearer, or POST it to /api/login.",
});

export const wrongToken = defineError<void>({
  code: "admin/wrong-token",
  status: 401,
  explain: "The token is not the one this engine was started with.",
  message: () =>
    "This token is not the engine's. Use the one it printed at start, or the one given with --token.",
});

export const tooManyTries = defineError<{ seconds: number }>({
  code: "admin/too-many-tries",
  status: 429,
  explain: "Too many wrong tokens came from this address.",
  message: ({ seconds }) => `Too many wrong tokens came from this address. Try again in ${seconds} s.`,
});

export const notJson = defineError<{ type: string }>({
  code: "admin/not-json",
  status: 415,
  explain:
    "A request that changes something came with a session cookie and no JSON content type. Browsers cannot be tricked into sending that one from another site.",
  message: ({ type }) =>
    `Content type "${type}" is refused here. Send the header Content-Type: application/json, also without a body.`,
});

export const malformedJson = defineError<{ line: number; column: number; reason: string }>({
  code: "admin/malformed-json",
  status: 400,
  explain: "The body of the request is not JSON.",
  message: ({ line, column, reason }) =>
    `The body is not JSON: ${reason} at line ${line}, column ${column}. Correct it and send it again.`,
});

export const refusedJson = defineError<{ reason: string }>({
  code: "admin/refused-json",
  status: 400,
  explain:
    "The body is JSON that is refused before it is looked at: too deep, or with a key that reaches for prototypes.",
  message: ({ reason }) => `The body is refused: ${reason}.`,
});

export const bodyTooLarge = defineError<{ limit: string }>({
  code: "admin/body-too-large",
  status: 413,
  explain: "The body of the request is larger than the API takes.",
  message: ({ limit }) => `The body is larger than ${limit}. Send less at a time.`,
});

export const unreadableBody = defineError<{ reason: string }>({
  code: "admin/unreadable-body",
  status: 400,
  explain: "The body of the request ended early, or is in an encoding that is not understood.",
  message: ({ reason }) => `The body cannot be read: ${reason}. Send it whole, as UTF-8.`,
});

export const badPath = defineError<{ reason: string }>({
  code: "admin/bad-path",
  status: 400,
  explain:
    "The path of the request cannot be read, for example because a % is not followed by two hex digits.",
  message: ({ reason }) =>
    `The path of the request cannot be read: ${reason}. Encode names with encodeURIComponent.`,
});

export const invalidRequest = defineError<{ problems: readonly string[] }>({
  code: "admin/invalid-request",
  status: 400,
  explain: "A parameter or the body of the request is not what the route takes. See /api/openapi.json.",
  message: ({ problems }) => problems.join(" "),
});

export const noSuchRoute = defineError<{ method: string; path: string }>({
  code: "admin/no-such-route",
  status: 404,
  explain: "The admin API has no such route.",
  message: ({ method, path }) =>
    `There is no route "${method} ${path}". GET /api/openapi.json lists them all.`,
});

export const methodNotAllowed = defineError<{ method: string; path: string; allowed: readonly string[] }>({
  code: "admin/method-not-allowed",
  status: 405,
  explain: "The path exists, but not for this method.",
  message: ({ method, path, allowed }) => `"${path}" does not take ${method}. Use ${allowed.join(" or ")}.`,
});

export const noSuchNodeType = defineError<{ type: string; suggestion: string }>({
  code: "admin/no-such-node-type",
  status: 404,
  explain: "The catalogue has no node type of this name.",
  message: ({ type, suggestion }) =>
    `Node type "${type}" is not installed.${suggestion} GET /api/nodes lists them all.`,
});

export const internalFailure = defineError<void>({
  code: "admin/internal",
  status: 500,
  explain: "Something in the engine failed that should not. The log has the details.",
  message: () => "The engine failed on this request. Its log says more.",
});
