// Flows: list, read, deploy, check, remove, start, stop, and their revisions.
import { Type } from "@millrace/sdk";
import type { DeployRequest } from "../api.ts";
import { defineRoute, FlowName } from "../route.ts";
import {
  DeployAnswer,
  DeployBody,
  FlowDetailSchema,
  FlowSummarySchema,
  Nothing,
  RevisionSchema,
  RollbackBody,
  ValidateAnswer,
} from "../schemas.ts";

const tag = "flows";
const params = Type.Object({ name: FlowName });

export const flowRoutes = [
  defineRoute({
    method: "GET",
    path: "/api/flows",
    summary: "All flows of this engine.",
    tag,
    response: Type.Array(FlowSummarySchema),
    handle: ({ engine }) => ({ body: engine.flows() }),
  }),
  defineRoute({
    method: "GET",
    path: "/api/flows/:name",
    summary: "The newest revision of a flow, with its layout and files.",
    tag,
    params,
    response: FlowDetailSchema,
    handle: async ({ engine, params }) => ({ body: await engine.flow(params.name) }),
  }),
  defineRoute({
    method: "PUT",
    path: "/api/flows/:name",
    summary:
      "Deploys a flow. 409 with the newest revision when baseRevision is not it; 422 with the problems when it has errors.",
    tag,
    params,
    body: DeployBody,
    response: DeployAnswer,
    handle: async ({ engine, params, body, caller }) => ({
      body: await engine.deploy(params.name, body satisfies DeployRequest, caller.name),
    }),
  }),
  defineRoute({
    method: "POST",
    path: "/api/flows/:name/validate",
    summary: "All problems of a flow; changes nothing.",
    tag,
    params,
    body: DeployBody,
    response: ValidateAnswer,
    handle: async ({ engine, params, body }) => ({
      body: { problems: await engine.validate(params.name, body) },
    }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/api/flows/:name",
    summary: "Stops a flow and forgets it with its revisions.",
    tag,
    params,
    response: Nothing,
    async handle({ engine, params, caller }) {
      await engine.remove(params.name, caller.name);
      return { body: {} };
    },
  }),
  defineRoute({
    method: "POST",
    path: "/api/flows/:name/start",
    summary: "Starts a stopped flow.",
    tag,
    params,
    response: Nothing,
    async handle({ engine, params }) {
      await engine.startFlow(params.name);
      return { body: {} };
    },
  }),
  defineRoute({
    method: "POST",
    path: "/api/flows/:name/stop",
    summary: "Stops a flow; what waits in its topics stays.",
    tag,
    params,
    response: Nothing,
    async handle({ engine, params }) {
      await engine.stopFlow(params.name);
      return { body: {} };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/api/flows/:name/revisions",
    summary: "Revisions of a flow, newest first.",
    tag,
    params,
    response: Type.Array(RevisionSchema),
    handle: async ({ engine, params }) => ({ body: await engine.revisions(params.name) }),
  }),
  defineRoute({
    method: "GET",
    path: "/api/flows/:name/revisions/:revision",
    summary: "One revision of a flow.",
    tag,
    params: Type.Object({ name: FlowName, revision: Type.Integer({ minimum: 1 }) }),
    response: FlowDetailSchema,
    handle: async ({ engine, params }) => ({ body: await engine.revision(params.name, params.revision) }),
  }),
  defineRoute({
    method: "POST",
    path: "/api/flows/:name/rollback",
    summary: "Deploys an earlier revision again, as a new one.",
    tag,
    params,
    body: RollbackBody,
    response: DeployAnswer,
    handle: async ({ engine, params, body, caller }) => ({
      body: await engine.rollback(params.name, body.revision, caller.name),
    }),
  }),
];
