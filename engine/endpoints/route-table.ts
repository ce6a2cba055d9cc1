// Which route a request belongs to. Routes come and go while requests are served: adding checks at once that a
// route is possible and free, and the router is rebuilt when the next request looks.
import type { HttpRoute } from "@millrace/sdk";
import findMyWay from "find-my-way";
import { badRoute, routeTaken } from "../base/errors/endpoints.ts";
import { errorText } from "../base/errors/error.ts";

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
type Method = (typeof METHODS)[number];

export interface Match {
  readonly route: HttpRoute;
  readonly params: Readonly<Record<string, string>>;
}

export class RouteTable {
  readonly #routes = new Map<string, HttpRoute>();
  #router: findMyWay.Instance<findMyWay.HTTPVersion.V1> | undefined;

  /** Throws when the route is impossible, or its method and path are taken. */
  add(route: HttpRoute): Disposable {
    const { method, path } = route;
    if (method !== "ANY" && !isMethod(method)) {
      throw badRoute({ method, path, reason: `"${method}" is not one of ${METHODS.join(", ")} and ANY` });
    }
    try {
      newRouter().on("GET", path, noop);
    } catch (error) {
      throw badRoute({ method, path, reason: errorText(error) }, { cause: error });
    }
    const keys = shapesOf(path).map((shape) => `${method} ${shape}`);
    if (keys.some((key) => this.#routes.has(key))) throw routeTaken({ method, path });
    for (const key of keys) this.#routes.set(key, route);
    this.#router = undefined;
    return {
      [Symbol.dispose]: () => {
        for (const key of keys) if (this.#routes.get(key) === route) this.#routes.delete(key);
        this.#router = undefined;
      },
    };
  }

  get size(): number {
    return this.#routes.size;
  }

  /** The route of a request; HEAD goes where GET does. `"bad-url"` when the path cannot be decoded. */
  find(method: string, path: string): Match | "bad-url" | undefined {
    if (!isMethod(method)) return undefined;
    this.#router ??= this.#build();
    const found = this.#router.find(method, path);
    if (!found) return undefined;
    // What the router finds for a path that it cannot decode.
    if (found.store === null) return "bad-url";
    return { route: found.store as HttpRoute, params: found.params as Record<string, string> };
  }

  /** The methods that the path is offered for. */
  methodsOf(path: string): string[] {
    return METHODS.filter((method) => typeof this.find(method, path) === "object");
  }

  /** A route for one method goes before one for any at the same path; otherwise the more exact path does. */
  #build(): findMyWay.Instance<findMyWay.HTTPVersion.V1> {
    const router = newRouter();
    for (const route of new Set(this.#routes.values())) {
      for (const method of METHODS)
        if (this.#serves(route, method)) router.on(method, route.path, noop, route);
    }
    return router;
  }

  /** Whether a method is this route's at its path, or left to it there by more exact ones. */
  #serves(route: HttpRoute, method: Method): boolean {
    if (route.method === method) return true;
    const free = (name: string) =>
      shapesOf(route.path).every((shape) => !this.#routes.has(`${name} ${shape}`));
    if (method === "HEAD" && route.method === "GET") return free("HEAD");
    return route.method === "ANY" && free(method) && (method !== "HEAD" || free("GET"));
  }
}

function noop(): void {}

function newRouter(): findMyWay.Instance<findMyWay.HTTPVersion.V1> {
  return findMyWay({
    caseSensitive: true,
    ignoreTrailingSlash: false,
    maxParamLength: 1000,
    // The query is read only by who asks for it.
    querystringParser: () => undefined,
    onBadUrl: () => undefined,
  });
}

function isMethod(method: string): method is Method {
  return (METHODS as readonly string[]).includes(method);
}

/** The path with its parameters nameless: paths of the same shape are the same. Two for an optional end. */
function shapesOf(path: string): string[] {
  const shape = path.replaceAll(/(?<!:):(?!:)\w+/g, ":");
  if (!shape.endsWith(":?")) return [shape];
  const without = shape.slice(0, shape.lastIndexOf("/"));
  return [without === "" ? "/" : without, shape.slice(0, -1)];
}
