// engine create DIR: a new project that runs: flows, a typed node package, a config file.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { folderNotEmpty, projectNotCreated } from "../../base/errors/cli.ts";
import { errorText } from "../../base/errors/error.ts";
import type { ExitCode, Surroundings } from "../command.ts";

/** The build copies it, so that it is at the same place from the sources and from dist/. */
const TEMPLATE = join(import.meta.dirname, "../templates/project");

export function create(directory: string, { stdout, folder, version }: Surroundings): ExitCode {
  const target = resolve(folder, directory);
  if (existsSync(target) && readdirSync(target).length > 0) throw folderNotEmpty({ folder: directory });
  try {
    mkdirSync(target, { recursive: true });
    cpSync(TEMPLATE, target, { recursive: true });
    renameSync(join(target, "gitignore"), join(target, ".gitignore")); // npm would not publish it under its own name
    for (const file of ["package.json", "README.md", "nodes/hello/package.json"]) {
      fill(join(target, file), { name: packageName(target), version });
    }
  } catch (cause) {
    throw projectNotCreated({ folder: directory, reason: errorText(cause) }, { cause });
  }
  const shown = /\s/.test(directory) ? `"${directory}"` : directory;
  stdout.write(
    [
      `${stdout.style("good", "Created")} ${shown}: a flow in flows/main.json, a node package in nodes/hello.`,
      "",
      ...(target === folder ? [] : [`  cd ${shown}`]),
      "  npm install",
      "  npm start",
      "",
    ].join("\n"),
  );
  return 0;
}

function fill(file: string, values: Readonly<Record<string, string>>): void {
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole),
  );
}

/** The folder's name as npm allows it. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return name === "" ? "my-flows" : name;
}
