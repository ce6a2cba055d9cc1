// Numbers for Prometheus, open without a token only when the engine was started so.
import { Type } from "@millrace/sdk";
import { type AnyRoute, defineRoute } from "../route.ts";

export function metricsRoute(open: boolean): AnyRoute {
  return defineRoute({
    method: "GET",
    path: "/metrics",
    summary: "Counters and gauges of flows, nodes, topics and the process, in the text format of Prometheus.",
    tag: "engine",
    access: open ? "open" : "signed-in",
    response: Type.String(),
    responseType: "text/plain; version=0.0.4; charset=utf-8",
    handle: async ({ engine }) => ({ body: await engine.metrics() }),
  });
}
