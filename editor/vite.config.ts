// Builds the editor into dist/. Everything is bundled: the page runs without a request leaving the machine and
// without evaluating text. `vite dev` hands API and socket to an engine on its default port.
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const engine = process.env.MILLRACE_URL ?? "http://127.0.0.1:3880";

/** @rjsf/core mentions ajv's validator in code for tests; ajv evaluates text, so it must never come along. */
const withoutAjv: Plugin = {
  name: "without-ajv",
  enforce: "pre",
  resolveId: (id) => (id === "@rjsf/validator-ajv8" ? "\0without-ajv" : null),
  load: (id) => (id === "\0without-ajv" ? "export default null;" : null),
};

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [withoutAjv, react()],
  resolve: { conditions: ["millrace-source", "module", "browser", "development|production"] },
  build: {
    target: "es2023",
    outDir: "dist",
    emptyOutDir: true,
    // The policy allows data: for images and fonts only; scripts and workers are files.
    assetsInlineLimit: 4096,
    chunkSizeWarningLimit: 4_000,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  server: {
    proxy: {
      "/api": { target: engine, changeOrigin: true },
      "/live": { target: engine, changeOrigin: true, ws: true },
    },
  },
});
