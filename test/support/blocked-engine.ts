// A process that takes a place in a cluster and then blocks its main loop for ever. Arguments: URL of Redis, namespace,
// how long that may last in milliseconds.
import { openBackend } from "../../engine/backend/index.ts";
import { createLogger } from "../../engine/base/logger.ts";
import { openCluster } from "../../engine/cluster/index.ts";

const [url = "", namespace = "", limit = ""] = process.argv.slice(2);
const log = createLogger({ level: "silent", json: true, write: () => undefined });
const backend = await openBackend({
  redis: url,
  namespace,
  engineId: "blocked",
  folder: ":memory:",
  logger: log,
});
await openCluster({
  backend,
  redis: { url, namespace },
  engineId: "blocked",
  leaseMs: 1000,
  blockLimitMs: Number(limit),
  handOverMs: 1000,
  about: {},
  log,
});
process.stdout.write("blocks\n", () => {
  for (;;);
});
