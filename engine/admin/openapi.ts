// The OpenAPI document of the admin API, made from the same descriptions that its requests are checked by.
import type { TSchema } from "@millrace/sdk";
import type { AnyRoute } from "./route.ts";
import { ErrorSchema } from "./schemas.ts";

type Json = Record<string, unknown>;

/** OpenAPI 3.1, whose schemas are plain JSON Schema. */
export function openApiOf(routes: readonly AnyRoute[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] ??= {};
    Object.assign(paths[path], { [route.method.toLowerCase()]: operationOf(route) });
  }
  return {
    openapi: "3.1.0",
    info: { title: "Millrace admin API", version },
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "millrace-<port>" },
      },
      responses: { Error: { description: "What is wrong and what to do.", ...json(ErrorSchema) } },
    },
  };
}

function operationOf(route: AnyRoute): Json {
  const open = route.access === "open";
  return {
    summary: route.summary,
    tags: [route.tag],
    operationId: `${route.method.toLowerCase()}${route.path.replaceAll(/[/:-]+(\w)/g, (_, letter) => letter.toUpperCase())}`,
    security: open ? [] : [{ token: [] }, { session: [] }],
    parameters: [...parametersOf(route.params, "path"), ...parametersOf(route.query, "query")],
    ...(route.body && { requestBody: { required: true, ...json(route.body) } }),
    responses: {
      [String(route.status ?? 200)]: { description: "Done.", ...content(route.response, route.responseType) },
      default: { $ref: "#/components/responses/Error" },
    },
  };
}

function parametersOf(schema: TSchema | undefined, place: "path" | "query"): Json[] {
  const { properties = {} } = (schema ?? {}) as { properties?: Record<string, TSchema & Json> };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path",
    ...(typeof property.description === "string" && { description: property.description }),
    schema: property,
  }));
}

function json(schema: TSchema): Json {
  return content(schema, "application/json");
}

function content(schema: TSchema, type = "application/json"): Json {
  return { content: { [type]: { schema } } };
}
