// What a script's context begins with: the kernel, which is our own code in there, and what the user wrote.
import type ivm from "isolated-vm";
import type { LoadRequest } from "../protocol.ts";
import { type Prepared, SourceError } from "./compile.ts";
import { KERNEL_ENTRY, readKernelModule } from "./kernel-source.ts";

/** For calls that run none of the user's code, however busy the machine is. */
export const COLLECT_MS = 5_000;

/** Functions of the kernel, by name. */
export type Kernel = Readonly<Record<string, ivm.Reference>>;

const KERNEL_FUNCTIONS = [
  "configure",
  "attach",
  "usePacker",
  "run",
  "runPacked",
  "go",
  "cancel",
  "start",
  "stop",
  "fire",
  "answer",
  "answerPacked",
  "collect",
  "collectPacked",
  "again",
];

/** Evaluates the kernel in the context. */
export async function openKernel(isolate: ivm.Isolate, context: ivm.Context): Promise<Kernel> {
  const modules = new Map<string, ivm.Module>();
  const compile = async (name: string): Promise<ivm.Module> => {
    const key = name.replace(/^\.\//, "");
    const known = modules.get(key);
    if (known) return known;
    const made = await isolate.compileModule(readKernelModule(key), { filename: `millrace:${key}` });
    modules.set(key, made);
    return made;
  };
  const entry = await compile(KERNEL_ENTRY);
  await entry.instantiate(context, (specifier) => compile(specifier));
  await entry.evaluate({ timeout: COLLECT_MS });
  const kernel: Record<string, ivm.Reference> = {};
  for (const name of KERNEL_FUNCTIONS) {
    kernel[name] = (await entry.namespace.get(name, { reference: true })) as ivm.Reference;
  }
  for (const made of modules.values()) if (made !== entry) made.release();
  return kernel;
}

/** Compiles and evaluates what the user wrote; answers with what the kernel's `attach` takes. */
export async function compileScript(
  isolate: ivm.Isolate,
  context: ivm.Context,
  prepared: Prepared,
  { name, timeoutMs }: LoadRequest,
): Promise<unknown[]> {
  if (prepared.form === "body") {
    const script = await isolate.compileScript(prepared.code, {
      filename: name,
      lineOffset: prepared.lineOffset,
    });
    const made: ivm.Reference = await script.run(context, { reference: true, timeout: timeoutMs });
    script.release();
    return [made.derefInto(), undefined, undefined, JSON.stringify(prepared.names)];
  }
  const made = await isolate.compileModule(prepared.code, { filename: name });
  const imported = made.dependencySpecifiers[0];
  if (imported !== undefined) {
    throw new SourceError(`"${imported}" cannot be imported: a script has no modules (${name}).`, undefined);
  }
  await made.instantiate(context, () => made);
  await made.evaluate({ timeout: timeoutMs });
  const exported = (key: string) => made.namespace.get(key, { reference: true }) as Promise<ivm.Reference>;
  const [main, start, stop] = [
    await exported("default"),
    await exported("onStart"),
    await exported("onStop"),
  ];
  if (main.typeof !== "function") {
    throw new SourceError(
      `A script module exports a function: export default (message, context) => … (${name})`,
      undefined,
    );
  }
  const functions = [main, start, stop].map((item) =>
    item.typeof === "function" ? item.derefInto() : undefined,
  );
  return [...functions, ""];
}
