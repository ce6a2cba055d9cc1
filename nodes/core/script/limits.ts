// Config fields that say how much a script may take.
import { Duration, Type } from "@millrace/sdk";

export const DEFAULT_TIMEOUT = "5s";
export const DEFAULT_MEMORY_MB = 64;

export const timeout = Duration({
  title: "Time limit",
  description: "For one message, waiting included.",
  default: DEFAULT_TIMEOUT,
});

export const memoryMb = Type.Integer({
  title: "Memory limit",
  description: "MiB that the script's isolate may use.",
  default: DEFAULT_MEMORY_MB,
  minimum: 8,
  maximum: 4_096,
});
