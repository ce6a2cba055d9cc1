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
