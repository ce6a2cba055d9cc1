// Opens the backend that the options ask for: Redis when there is an address, otherwise the data folder.
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { Backend } from "./backend.ts";
import { openEmbedded } from "./embedded/embedded.ts";

export type * from "./backend.ts";
export { openEmbedded };

export interface BackendOptions {
  /** Where the embedded backend keeps its file; ":memory:" keeps nothing. */
  readonly folder: string;
  readonly logger: Logger;
  readonly clock?: Clock;
}

export async function openBackend(options: BackendOptions): Promise<Backend> {
  return openEmbedded(options);
}
