// Which tests exist and how each kind runs. `npm test` runs all; `npm run unit` the quick ones.
import { defineConfig } from "vitest/config";

// Without "import": as a condition of the whole process it would make require() load the wrong half of packages.
const resolve = { conditions: ["millrace-source", "node", "module"] };
const kind = (name: string, options: Record<string, unknown> = {}) => ({
  resolve,
  ssr: { resolve },
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: "node",
    expect: { poll: { interval: 10, timeout: 20_000 } },
    ...options,
  },
});

// Tests with real processes share few cores: one that ran out of time is tried again, and the report names it.
const retry = 2;

export default defineConfig({
  test: {
    projects: [
      kind("unit"),
      kind("contracts", { testTimeout: 30_000, retry }),
      kind("integration", { testTimeout: 60_000, hookTimeout: 60_000, retry }),
      kind("fault", { testTimeout: 180_000, hookTimeout: 60_000, retry, fileParallelism: false }),
      kind("e2e", { testTimeout: 180_000, hookTimeout: 120_000, retry, fileParallelism: false }),
    ],
  },
});
