// `npm run bench [CASE …]`: measures Millrace and its peers in turns, in one run on this machine, and writes the medians
// to docs/performance.md. Nothing here can fail a build: it only measures.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { type BenchCase, CASES, caseNamed, FUNCTION } from "./cases.ts";

const HERE = import.meta.dirname;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const DOC = resolve(HERE, "../../docs/performance.md");

interface Result {
  readonly bench: BenchCase;
  readonly millrace: number;
  readonly nodeRed: number;
}

if (!existsSync(join(HERE, "node_modules", "node-red"))) {
  process.stderr.write("Installing the peers (once) …\n");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: HERE,
    stdio: ["ignore", 2, 2],
  });
}

const wanted = process.argv.slice(2);
const cases = wanted.length > 0 ? wanted.map(caseNamed) : CASES;
const results: Result[] = [];
for (const bench of cases) {
  const rates = { millrace: [] as number[], nodeRed: [] as number[] };
  for (let round = 1; round <= ROUNDS; round++) {
    rates.millrace.push(await measure(join(HERE, "millrace.ts"), bench.name));
    const input = { steps: bench.steps, messages: bench.messages, functionBody: FUNCTION };
    rates.nodeRed.push(await measure(join(HERE, "peers", "node-red.mjs"), JSON.stringify(input)));
    const show = (list: readonly number[]) => thousands(list.at(-1) ?? 0);
    process.stderr.write(
      `${bench.name} round ${round}/${ROUNDS}: Millrace ${show(rates.millrace)}, Node-RED ${show(rates.nodeRed)} msg/s\n`,
    );
  }
  results.push({ bench, millrace: median(rates.millrace), nodeRed: median(rates.nodeRed) });
}
const table = tableOf(results);
process.stdout.write(`${table}\n`);
if (wanted.length === 0) writeFileSync(DOC, documentOf(table));

/** A fresh process for each measurement, so that none profits from another. */
function measure(file: string, argument: string): Promise<number> {
  const child = spawn(process.execPath, ["--conditions=millrace-source", file, argument], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((done, fail) => {
    child.on("exit", (code) => {
      const line = output.split("\n").findLast((each) => each.startsWith('{"rate"'));
      if (line) done(JSON.parse(line).rate);
      else fail(new Error(`${file} ended with ${code} and measured nothing:\n${output}`));
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function thousands(rate: number): string {
  return `${Math.round(rate / 1000)}k`;
}

function tableOf(rows: readonly Result[]): string {
  const lines = rows.map(({ bench, millrace, nodeRed }) => {
    const ratio = (millrace / nodeRed).toFixed(1);
    return `| ${bench.title} | ${thousands(millrace)} | ${thousands(nodeRed)} | ${ratio} x |`;
  });
  return [
    "| case | Millrace msg/s | Node-RED msg/s | ratio |",
    "| --- | ---: | ---: | ---: |",
    ...lines,
  ].join("\n");
}

function documentOf(table: string): string {
  const nodeRed = JSON.parse(readFileSync(join(HERE, "node_modules/node-red/package.json"), "utf8")).version;
  const millrace = JSON.parse(readFileSync(resolve(HERE, "../../engine/package.json"), "utf8")).version;
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown CPU"}`;
  return `# Performance

Written by \`npm run bench\` on ${date}: Millrace ${millrace} beside Node-RED ${nodeRed}, Node ${process.versions.node}, ${machine};
medians of ${ROUNDS} alternating rounds, each in a process of its own. Ratios travel better than rates: run it yourself.

${table}

Millrace's source waits for back pressure. Node-RED has none, so its source keeps 1,000 messages under way.
`;
}
