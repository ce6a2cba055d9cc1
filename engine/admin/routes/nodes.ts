// Nodes at work in a flow, and the catalogue of node types.
import { Type } from "@millrace/sdk";
import { distance } from "fastest-levenshtein";
import { noSuchNodeType } from "../../base/errors/admin.ts";
import { didYouMean } from "../../base/errors/error.ts";
import { defineRoute, FlowName, Name } from "../route.ts";
import { InjectBody, NodeDetailSchema, NodeTypeSchema, Nothing } from "../schemas.ts";

const tag = "nodes";
const params = Type.Object({ name: FlowName, id: Name("Id of a node in the flow.") });

export const nodeRoutes = [
  defineRoute({
    method: "GET",
    path: "/api/flows/:name/nodes/:id",
    summary: "State, status, counts and last errors of a node.",
    tag,
    params,
    response: NodeDetailSchema,
    handle: ({ engine, params }) => ({ body: engine.node(params.name, params.id) }),
  }),
  defineRoute({
    method: "POST",
    path: "/api/flows/:name/nodes/:id/inject",
    summary: "Hands a message to a node's input, or fires a source. Answers when the node has taken it.",
    tag,
    params,
    body: InjectBody,
    status: 202,
    response: Nothing,
    async handle({ engine, params, body }) {
      await engine.inject(params.name, params.id, body);
      return { status: 202, body: {} };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/api/nodes",
    summary: "The catalogue: all node types, by category, then title.",
    tag,
    response: Type.Array(NodeTypeSchema),
    handle: ({ engine }) => ({ body: engine.types() }),
  }),
  defineRoute({
    method: "GET",
    path: "/api/nodes/:type",
    summary: "One node type, with its docs.",
    tag,
    params: Type.Object({ type: Name("Name of a node type.") }),
    response: NodeTypeSchema,
    handle({ engine, params }) {
      const types = engine.types();
      const found = types.find((candidate) => candidate.type === params.type);
      if (found) return { body: found };
      const near = types.map(({ type }) => type).find((type) => distance(type, params.type) <= 2);
      throw noSuchNodeType({ type: params.type, suggestion: didYouMean(near) });
    },
  }),
];
