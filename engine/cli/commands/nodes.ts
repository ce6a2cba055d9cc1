// engine nodes [TYPE]: the catalogue of node types, or one type's docs.
import { resolve } from "node:path";
import { MillraceError } from "../../base/errors/error.ts";
import { typeUnknown } from "../../base/errors/plugins.ts";
import { flowFiles } from "../../flow/index.ts";
import { PackageLoader } from "../../plugins/index.ts";
import { describeType } from "../../view/describe-type.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { nearest, readConfig } from "../config.ts";
import { readConfigFile } from "../config-file.ts";
import { loadTypes } from "../flow-check.ts";
import { showNodeType, showNodeTypes } from "../show/node-types.ts";

export async function nodes(
  type: string | undefined,
  options: { json?: boolean; flows?: string[] },
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { stdout, stderr } = surroundings;
  using loader = new PackageLoader();
  const loaded = await loadTypes(loader, await flowsOf(options.flows, surroundings));
  for (const problem of loaded.problems) stderr.write(`${problem.message}\n`);
  if (type === undefined) {
    const all = loaded.types.all().map(describeType);
    stdout.write(options.json ? `${JSON.stringify(all, null, 2)}\n` : `${showNodeTypes(all, stdout)}\n`);
    return 0;
  }
  const found = loaded.types.get(type);
  if (!found) throw typeUnknown({ type, suggestion: nearest(type, [...loaded.types.types()]) });
  const facts = describeType(found);
  stdout.write(options.json ? `${JSON.stringify(facts, null, 2)}\n` : `${showNodeType(facts, stdout)}\n`);
  return 0;
}

/** The flows whose packages count: those given, or those of the config file when there is one. */
async function flowsOf(
  given: readonly string[] | undefined,
  { folder, environment }: Surroundings,
): Promise<string[]> {
  if (given) return flowFiles(given.map((path) => resolve(folder, path)));
  const file = readConfigFile(folder, undefined);
  if (!file) return [];
  try {
    return await flowFiles(readConfig({ flags: {}, environment, file, folder }).flows);
  } catch (error) {
    if (error instanceof MillraceError) return []; // the catalogue does not depend on a good config file
    throw error;
  }
}
