// Serves the built editor. Its shell needs no sign-in: it shows the login when the API says 401.
import { join } from "node:path";
import express, { type RequestHandler } from "express";

/** File names with a content hash never change what they hold. */
const HASHED = /[.-][\w-]{8,}\.\w+$/;
const RESERVED = /^\/(api|live|assets|metrics|healthz|readyz)(\/|$)/;

/** The handlers for everything that is not the API. Without a folder, only a hint at "/". */
export function editorHandlers(folder: string | null): RequestHandler[] {
  if (folder === null) return [hint];
  const files = express.static(folder, {
    index: false,
    redirect: false,
    dotfiles: "ignore",
    setHeaders(response, path) {
      const hashed = path.startsWith(join(folder, "assets")) && HASHED.test(path);
      response.setHeader("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  const shell: RequestHandler = (request, response, next) => {
    const page = request.method === "GET" || request.method === "HEAD";
    const wantsPage = request.path === "/" || (request.headers.accept ?? "").includes("text/html");
    if (!page || !wantsPage || RESERVED.test(request.path)) return next();
    response.setHeader("cache-control", "no-cache");
    response.sendFile("index.html", { root: folder, cacheControl: false }, (error) => {
      if (error) next();
    });
  };
  return [files, shell];
}

const hint: RequestHandler = (request, response, next) => {
  if (request.path !== "/" || (request.method !== "GET" && request.method !== "HEAD")) return next();
  response
    .type("text/plain")
    .send(
      "A Millrace engine runs here, without its editor. The API is under /api; /api/openapi.json describes it.\n",
    );
};
