// The engine itself: alive, ready, healthy, and who else is in the cluster.
import { Type } from "@millrace/sdk";
import { defineRoute } from "../route.ts";
import { DoctorSchema, EngineSchema, HealthSchema, Nothing, ReadySchema } from "../schemas.ts";

const tag = "engine";

export const engineRoutes = [
  defineRoute({
    method: "GET",
    path: "/healthz",
    summary: "Answers while the process is alive.",
    tag,
    access: "open",
    response: Type.Object({ status: Type.Literal("ok") }),
    handle: () => ({ body: { status: "ok" } }),
  }),
  defineRoute({
    method: "GET",
    path: "/readyz",
    summary: "200 when the flows run and the backend answers, 503 otherwise.",
    tag,
    access: "open",
    response: ReadySchema,
    handle({ engine }) {
      const { ready, text } = engine.ready();
      return { status: ready ? 200 : 503, body: { ready, text } };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/api/engines",
    summary: "Members of the cluster.",
    tag,
    response: Type.Array(EngineSchema),
    handle: async ({ engine }) => ({ body: await engine.engines() }),
  }),
  defineRoute({
    method: "GET",
    path: "/api/health",
    summary: "The heartbeat monitor's report.",
    tag,
    response: HealthSchema,
    handle: ({ engine }) => ({ body: engine.health() }),
  }),
  defineRoute({
    method: "GET",
    path: "/api/doctor",
    summary: "Whether the invariants of the system hold. Looks at everything: not to be asked every second.",
    tag,
    response: DoctorSchema,
    handle: async ({ engine }) => ({ body: await engine.doctor() }),
  }),
  defineRoute({
    method: "POST",
    path: "/api/backend/accept",
    summary:
      "Goes on with a Redis that lost the data which the engine knew; nothing is written to it before.",
    tag,
    response: Nothing,
    async handle({ engine }) {
      await engine.acceptBackend();
      return { body: {} };
    },
  }),
];
