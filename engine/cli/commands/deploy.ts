// engine deploy FILE: brings a flow file to running engines, and prints what changes. --dry-run only looks.
import { resolve } from "node:path";
import type { DeployResult, FlowDetail, ValidateResult } from "../../admin/api.ts";
import { MillraceError, type Problem } from "../../base/errors/error.ts";
import { type FlowBundle, readFlow, withPlaces } from "../../flow/index.ts";
import type { ExitCode, Surroundings } from "../command.ts";
import { Connection, type ConnectionOptions } from "../connection.ts";
import { compareFlows } from "../flow-changes.ts";
import { showChanges, showDeployed } from "../show/changes.ts";
import { showProblems } from "../show/problems.ts";

export interface DeployOptions extends Omit<ConnectionOptions, "url"> {
  readonly to?: string;
  readonly dryRun?: boolean;
}

export async function deploy(
  file: string,
  options: DeployOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { stdout, folder } = surroundings;
  const { name, bundle, problems, text } = await readFlow(resolve(folder, file));
  const show = (found: readonly Problem[]) =>
    stdout.write(`${showProblems([{ file, problems: withPlaces(found, text) }], stdout)}\n`);
  if (problems.some((problem) => problem.severity === "error")) {
    show(problems);
    return 1;
  }

  const { to, ...rest } = options;
  const connection = new Connection({ ...rest, ...(to === undefined ? {} : { url: to }) }, surroundings);
  const route = `/api/flows/${encodeURIComponent(name)}`;
  const newest = await connection.ask<FlowDetail>("GET", route, undefined, [404]);
  const before = newest.status === 404 ? undefined : newest.body;
  const empty: FlowBundle = { flow: {}, layout: {}, files: {} };
  stdout.write(`${showChanges(name, compareFlows(before ?? empty, bundle), stdout)}\n`);

  if (options.dryRun) {
    const { body } = await connection.ask<ValidateResult>("POST", `${route}/validate`, bundle, [422]);
    if (body.problems.length > 0) show(body.problems);
    return body.problems.some((problem) => problem.severity === "error") ? 1 : 0;
  }
  try {
    const request = { ...bundle, baseRevision: before?.revision ?? 0 };
    const { body } = await connection.ask<DeployResult>("PUT", route, request);
    stdout.write(`${showDeployed(name, body, stdout)}\n`);
    if (body.problems.length > 0) show(body.problems);
    return 0;
  } catch (error) {
    const refused =
      error instanceof MillraceError ? (error.details.problems as Problem[] | undefined) : undefined;
    if (!refused || refused.length === 0) throw error;
    show(refused);
    return 1;
  }
}
