// engine validate FLOWS…: all problems, with file, place, code and sentence.
import type { ExitCode, Surroundings } from "../command.ts";
import { checkFlows } from "../flow-check.ts";
import { countProblems, showProblems } from "../show/problems.ts";

export async function validate(
  paths: readonly string[],
  options: { json?: boolean },
  { stdout, environment, folder }: Surroundings,
): Promise<ExitCode> {
  const files = await checkFlows({ paths, folder, environment });
  const { errors, warnings } = countProblems(files);
  if (options.json) {
    const problems = files.flatMap(({ file, problems }) => problems.map((problem) => ({ file, ...problem })));
    stdout.write(`${JSON.stringify({ flows: files.length, errors, warnings, problems }, null, 2)}\n`);
  } else {
    stdout.write(`${showProblems(files, stdout)}\n`);
  }
  return errors > 0 ? 1 : 0;
}
