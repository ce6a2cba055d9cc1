// The command line of a worker, from that of its supervisor. Pure.

export interface WorkerWords {
  readonly number: number;
  readonly port: number;
  readonly httpPort: number;
  readonly safe: boolean;
  /** The id that the user gave; workers are told apart by their numbers. */
  readonly name: string | undefined;
}

/**
 * What the user wrote, and after it what is this worker's own: the last of two goes before the first. Secrets stay where
 * the user put them. Only the first worker serves the editor, and the admin API at the port that was asked for.
 */
export function wordsOf(words: readonly string[], worker: WorkerWords): string[] {
  const isFirst = worker.number === 1;
  return [
    ...words,
    "--worker",
    String(worker.number),
    "--port",
    String(isFirst ? worker.port : 0),
    "--http-port",
    String(worker.httpPort),
    ...(isFirst ? [] : ["--no-editor"]),
    ...(worker.name === undefined ? [] : ["--name", `${worker.name}-${worker.number}`]),
    ...(worker.safe ? ["--safe"] : []),
  ];
}
