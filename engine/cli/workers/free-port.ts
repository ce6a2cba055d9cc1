// A port for "any free port" that stays the same over restarts of workers.

import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

/** `port` itself, unless it is 0. */
export function settledPort(host: string, port: number): Promise<number> {
  if (port !== 0) return Promise.resolve(port);
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ host, port: 0 }, () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });
}
