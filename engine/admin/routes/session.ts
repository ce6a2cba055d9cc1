// Signing in and out with the engine's token, and who one is.

import type { Access } from "../access/access.ts";
import { type AnyRoute, defineRoute } from "../route.ts";
import { LoginBody, MeSchema, Nothing } from "../schemas.ts";

export function sessionRoutes(access: Access): AnyRoute[] {
  const tag = "session";
  return [
    defineRoute({
      method: "POST",
      path: "/api/login",
      summary: "Takes the engine's token and sets the session cookie.",
      tag,
      access: "open",
      body: LoginBody,
      bodyLimitBytes: 10_000,
      response: MeSchema,
      handle: ({ body, address }) => ({
        headers: { "set-cookie": access.login(body.token, address) },
        body: { name: "admin", role: "admin" },
      }),
    }),
    defineRoute({
      method: "POST",
      path: "/api/logout",
      summary: "Ends the session and its live connections.",
      tag,
      response: Nothing,
      handle: ({ caller }) => ({ headers: { "set-cookie": access.logout(caller) }, body: {} }),
    }),
    defineRoute({
      method: "GET",
      path: "/api/me",
      summary: "Who is signed in.",
      tag,
      response: MeSchema,
      handle: ({ caller }) => ({ body: { name: caller.name, role: "admin" } }),
    }),
  ];
}
