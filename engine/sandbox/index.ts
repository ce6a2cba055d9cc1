// Running user code in isolation. The engine makes one sandbox; each flow gets its ScriptPower from it.

export { createSandbox, type Sandbox, type SandboxOptions } from "./sandbox.ts";
