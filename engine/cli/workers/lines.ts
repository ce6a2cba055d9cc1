// What a worker prints, as its supervisor prints it: line by line, each with the worker's number.

/** Cuts pieces of text into whole lines; `rest` gives what is left at the end. */
export class LineCutter {
  #begun = "";

  /** The lines that are complete by now, without their line breaks. */
  take(piece: string): string[] {
    const lines = (this.#begun + piece).split("\n");
    this.#begun = lines.pop() ?? "";
    return lines;
  }

  rest(): string[] {
    const lines = this.#begun === "" ? [] : [this.#begun];
    this.#begun = "";
    return lines;
  }
}

/** `[2] text`; a JSON line gets the number as the field `worker`. */
export function numbered(line: string, worker: number): string {
  if (/^\{"/.test(line) && line.endsWith("}")) return `{"worker":${worker},${line.slice(1)}`;
  return `[${worker}] ${line}`;
}
