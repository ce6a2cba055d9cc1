import { openEmbedded } from "../../../engine/backend/index.ts";
import { createLogger } from "../../../engine/base/logger.ts";
import { runtimeContract } from "./suite.ts";

const logger = createLogger({ level: "silent", json: true, write: () => undefined });
runtimeContract("the embedded backend", () => openEmbedded({ folder: ":memory:", logger }));
