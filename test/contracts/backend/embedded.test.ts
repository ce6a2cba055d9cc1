// The embedded backend keeps the contract.

import { openEmbedded } from "../../../engine/backend/embedded/embedded.ts";
import { createLogger } from "../../../engine/base/logger.ts";
import { backendContract } from "./suite.ts";

const logger = createLogger({ level: "silent", json: true, write: () => undefined });

backendContract("embedded", () => openEmbedded({ folder: ":memory:", logger }));
