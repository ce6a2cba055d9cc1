// The script runner: a child process that holds nothing worth stealing. Reads frames from stdin, keeps isolates,
// answers on stdout. It ends when the engine does.

import { encodeFrame, type Frame, FrameReader } from "../frame.ts";
import type { Answer, LoadRequest, Loss } from "../protocol.ts";
import { FROM_RUNNER, TO_RUNNER } from "../protocol.ts";
import { Cell } from "./cell.ts";
import { Hosted } from "./hosted.ts";
import { LoadError } from "./load-error.ts";

const WATCH_MS = 50;
/** The process itself, and what its isolates may borrow for a moment. */
const BASE_MB = 512;

const cells = new Map<string, Cell>();
const scripts = new Map<number, Hosted>();
const reader = new FrameReader();

function send(type: number, script: number, run: number, body: string | Uint8Array): void {
  process.stdout.write(encodeFrame(type, script, run, body));
}

function receive(frame: Frame): void {
  const hosted = scripts.get(frame.script);
  switch (frame.type) {
    case TO_RUNNER.load:
      void load(frame.script, JSON.parse(frame.body.toString()) as LoadRequest);
      break;
    case TO_RUNNER.run:
      hosted?.run(frame.run, frame.body.toString());
      break;
    case TO_RUNNER.runPacked:
      hosted?.run(frame.run, bytesOf(frame.body));
      break;
    case TO_RUNNER.answer: {
      const { ok, value } = JSON.parse(frame.body.toString()) as Answer;
      hosted?.answer(frame.run, ok, value === undefined ? "" : JSON.stringify(value));
      break;
    }
    case TO_RUNNER.answerPacked:
      void hosted?.answerPacked(frame.run, bytesOf(frame.body)).catch(() => {}); // the script is gone
      break;
    case TO_RUNNER.cancel:
      hosted?.cancel(frame.run);
      break;
    case TO_RUNNER.close:
      void close(frame.script);
      break;
    case TO_RUNNER.drop:
      drop(frame.script);
      break;
    case TO_RUNNER.ping:
      send(FROM_RUNNER.pong, 0, 0, "");
      break;
  }
}

function bytesOf(body: Buffer): ArrayBuffer {
  return new Uint8Array(body).buffer;
}

async function load(id: number, request: LoadRequest): Promise<void> {
  drop(id);
  const hosted = new Hosted({ id, request, cell: cellFor(request), send, onLost: lose });
  scripts.set(id, hosted);
  hosted.cell.scripts.add(id);
  try {
    await hosted.load();
    if (scripts.get(id) === hosted) send(FROM_RUNNER.loaded, id, 0, "");
  } catch (error) {
    if (scripts.get(id) !== hosted) return;
    const detail = error instanceof LoadError ? error.detail : { reason: "threw", failure: String(error) };
    drop(id);
    send(FROM_RUNNER.loadFailed, id, 0, JSON.stringify(detail));
    if (hosted.cell.isDisposed) loseCell(hosted.cell, null);
  }
}

/** One isolate for the scripts of a flow that ask for the same memory. */
function cellFor(request: LoadRequest): Cell {
  const key = `${request.memoryMb} ${request.flow}`;
  let cell = cells.get(key);
  if (!cell || cell.isDisposed) {
    cell = new Cell(key, request.memoryMb);
    cells.set(key, cell);
  }
  return cell;
}

async function close(id: number): Promise<void> {
  const hosted = scripts.get(id);
  let failure = "";
  try {
    await hosted?.stop();
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  drop(id);
  send(FROM_RUNNER.closed, id, 0, failure);
}

function drop(id: number): void {
  const hosted = scripts.get(id);
  if (!hosted) return;
  scripts.delete(id);
  hosted.drop();
  const { cell } = hosted;
  cell.scripts.delete(id);
  if (cell.scripts.size > 0 || cells.get(cell.key) !== cell) return;
  cells.delete(cell.key);
  cell.lose();
}

function lose(hosted: Hosted, reason: Loss["reason"], run: number, index: number): void {
  if (scripts.get(hosted.id) !== hosted) return;
  const culprit = { script: hosted.id, run, index };
  if (hosted.cell.isDisposed) {
    loseCell(hosted.cell, culprit);
    return;
  }
  drop(hosted.id);
  send(FROM_RUNNER.lost, hosted.id, run, JSON.stringify({ reason, scripts: [hosted.id], culprit }));
}

/** The isolate ran out of memory, and all its scripts with it. */
function loseCell(cell: Cell, culprit: Loss["culprit"]): void {
  if (cell.isLost) return;
  const lost = [...cell.scripts];
  cell.lose();
  for (const id of lost) drop(id);
  if (cells.get(cell.key) === cell) cells.delete(cell.key);
  const loss: Loss = { reason: "memory", scripts: lost, culprit };
  if (lost.length > 0) send(FROM_RUNNER.lost, 0, 0, JSON.stringify(loss));
}

/** Native loops and some floods of memory hear no termination: the engine must kill this process. Says so once. */
const watch = setInterval(() => {
  const now = performance.now();
  const isSwollen = process.memoryUsage.rss() > memoryAllowance();
  for (const hosted of scripts.values()) {
    const { run, index } = hosted.position;
    if (hosted.isStalled(now) && hosted.cell.busyFor(now) === 0) lose(hosted, "broken", run, index);
  }
  const longestFirst = [...cells.values()].sort((a, b) => b.busyFor(now) - a.busyFor(now));
  for (const cell of longestFirst) {
    const stuck = cell.findStuck(now, isSwollen);
    const hosted = stuck && scripts.get(stuck.call.script);
    if (!stuck || !hosted) continue;
    clearInterval(watch);
    const culprit = { script: hosted.id, ...hosted.position };
    send(FROM_RUNNER.stuck, hosted.id, 0, JSON.stringify({ reason: stuck.reason, scripts: [], culprit }));
    return;
  }
}, WATCH_MS);

/** isolated-vm's limits are soft: V8 may take some multiple before it notices. */
function memoryAllowance(): number {
  let megabytes = BASE_MB;
  for (const cell of cells.values()) megabytes += cell.memoryMb * 3;
  return megabytes * 1024 * 1024;
}

process.stdin.on("data", (chunk: Buffer) => {
  for (const frame of reader.read(chunk)) receive(frame);
});
// Threads that are busy in an isolate would hold up an orderly exit.
process.stdin.on("end", () => process.kill(process.pid, "SIGKILL"));
// Ctrl+C reaches the whole process group; the engine drains first and ends this process when it is done.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
process.on("uncaughtException", (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.kill(process.pid, "SIGKILL");
});
send(FROM_RUNNER.ready, 0, 0, "");
