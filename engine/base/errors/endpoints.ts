// What goes wrong with the HTTP endpoints that flows offer.
import { defineError } from "./error.ts";

export const endpointPortInUse = defineError<{ port: number }>({
  code: "endpoints/port-in-use",
  explain: "Another program listens on the port of the flows' endpoints.",
  message: ({ port }) =>
    `Port ${port} is already in use. Stop the other program or give --http-port another number.`,
});

export const endpointsCannotListen = defineError<{ host: string; port: number; reason: string }>({
  code: "endpoints/cannot-listen",
  explain:
    "The address of the flows' endpoints cannot be listened on: it is not one of this machine, or needs rights.",
  message: ({ host, port, reason }) =>
    `The endpoints of flows cannot listen on "${host}" port ${port}: ${reason}. Give --host and --http-port an address of this machine.`,
});

export const routeTaken = defineError<{ method: string; path: string }>({
  code: "endpoints/route-taken",
  status: 409,
  explain: "Two nodes offer the same method and path. The first keeps it.",
  message: ({ method, path }) =>
    `"${method} ${path}" is already taken by another node. Give one of them another path or method.`,
});

export const badRoute = defineError<{ method: string; path: string; reason: string }>({
  code: "endpoints/bad-route",
  status: 400,
  explain: "The method or the path of an endpoint cannot be served.",
  message: ({ method, path, reason }) =>
    `"${method} ${path}" cannot be an endpoint: ${reason}. Write for example "GET /users/:id".`,
});

export const noEndpoint = defineError<{ method: string; path: string }>({
  code: "endpoints/not-found",
  status: 404,
  explain: "No flow offers an endpoint at this path.",
  message: ({ method, path }) =>
    `No flow offers "${method} ${path}". Look at the paths of its http-in nodes.`,
});

export const endpointMethod = defineError<{ method: string; path: string; allowed: readonly string[] }>({
  code: "endpoints/method-not-allowed",
  status: 405,
  explain: "A flow offers this path, but not for this method.",
  message: ({ method, path, allowed }) => `"${path}" does not take ${method}. Use ${allowed.join(" or ")}.`,
});

export const unreadableUrl = defineError<{ url: string }>({
  code: "endpoints/bad-url",
  status: 400,
  explain: "The path of the request is not valid: a % that is not followed by two hex digits.",
  message: ({ url }) => `"${url}" cannot be read. Encode its parts as encodeURIComponent does.`,
});

export const noAnswerInTime = defineError<{ seconds: number }>({
  code: "endpoints/no-answer",
  status: 504,
  explain: "The flow took the request, and no http-response node answered it in time.",
  message: ({ seconds }) =>
    `The flow did not answer within ${seconds} s. Wire an http-response node, or raise the timeout.`,
});

export const tooManyCalls = defineError<{ limit: number }>({
  code: "endpoints/too-many-calls",
  status: 503,
  explain: "So many requests wait for answers that no more are taken.",
  message: ({ limit }) => `${limit} requests are waiting for answers already. Try again soon.`,
});

export const endpointsClosing = defineError<void>({
  code: "endpoints/closing",
  status: 503,
  explain: "The engine stops, and takes no more requests.",
  message: () => "This engine is stopping. Try again soon.",
});

export const endpointFailed = defineError<void>({
  code: "endpoints/failed",
  status: 500,
  explain: "The flow failed on the request, or its answer cannot be sent. The engine's log has the details.",
  message: () => "The flow failed on this request. The engine's log says more.",
});

export const badAnswer = defineError<{ reason: string }>({
  code: "endpoints/bad-answer",
  explain: "A flow gave an answer that cannot be sent over HTTP: an impossible status, header or body.",
  message: ({ reason }) =>
    `The flow's answer cannot be sent: ${reason}. Correct what the http-response node gets.`,
});
