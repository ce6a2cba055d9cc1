// Watches the files of flows: the flow, its layout and its code. Says which flow changed, once things are quiet.
import { basename, dirname } from "node:path";
import { watch } from "chokidar";
import type { Clock, ClockTimer } from "../base/clock.ts";

const QUIET_MS = 150;

/** Watches from when the promise resolves. `onChange` gets the flow file whose logic, layout or code changed. */
export async function watchFlowFiles(
  files: readonly string[],
  options: { clock: Clock; onChange: (flowFile: string) => void },
): Promise<AsyncDisposable> {
  const timers = new Map<string, ClockTimer>();
  const folders = [...new Set(files.map((file) => dirname(file)))];
  const watcher = watch(folders, {
    ignoreInitial: true,
    depth: 3,
    ignored: (path) => /(^|[\\/])(node_modules|\.git|\.millrace)([\\/]|$)/.test(path),
  });
  watcher.on("all", (_, path) => {
    for (const file of files) {
      if (!belongsTo(path, file)) continue;
      timers.get(file)?.cancel();
      timers.set(
        file,
        options.clock.schedule(QUIET_MS, () => {
          timers.delete(file);
          options.onChange(file);
        }),
      );
    }
  });
  await new Promise<void>((ready) => void watcher.once("ready", ready));
  return {
    async [Symbol.asyncDispose]() {
      for (const timer of timers.values()) timer.cancel();
      await watcher.close();
    },
  };
}

/** Any file below the flow's folder may be one that the flow names; reading decides whether anything changed. */
function belongsTo(path: string, flowFile: string): boolean {
  if (path === flowFile) return true;
  const name = basename(flowFile, ".json");
  if (dirname(path) === dirname(flowFile) && path.endsWith(".json")) {
    return basename(path) === `${name}.layout.json`;
  }
  return path.startsWith(dirname(flowFile)) && !path.endsWith(".tmp");
}
