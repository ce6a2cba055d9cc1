// Node packages for tests of workers, as text of their modules.

/** Ends its process by SIGKILL when it starts, as long as `file` is there. */
export function endingNode(file: string): string {
  return `
    import { existsSync } from "node:fs";
    export default [{
      type: "ending", title: "Ending", summary: "Ends the process.", category: "test",
      config: { type: "object" }, inputs: { in: {} }, outputs: {},
      start() {
        if (existsSync(${JSON.stringify(file)})) process.kill(process.pid, "SIGKILL");
        return { in: () => undefined };
      },
    }];`;
}
