// Columns of text. Only as wide as the terminal: the last column is wrapped under itself.

export interface TableOptions {
  readonly columns: number;
  /** Written before each line. */
  readonly indent?: string;
  /** Dresses a cell after it was padded. */
  readonly style?: (text: string, column: number) => string;
}

/** Lines, without a line break at the end. Two spaces stand between columns. */
export function table(rows: readonly (readonly string[])[], options: TableOptions): string[] {
  const { columns, indent = "", style = (text) => text } = options;
  const last = Math.max(0, ...rows.map((row) => row.length - 1));
  const widths = Array.from({ length: last }, (_, column) =>
    Math.max(0, ...rows.map((row) => (row.length - 1 > column ? (row[column] ?? "").length : 0))),
  );
  const before = widths.reduce((sum, width) => sum + width + 2, indent.length);
  const room = Math.max(24, columns - before);
  return rows.flatMap((row) => {
    const cells = row.slice(0, last).map((cell, column) => style(cell.padEnd(widths[column] ?? 0), column));
    const lines = wrap(row[last] ?? "", room);
    const head = [...cells, style(lines[0] ?? "", last)].join("  ");
    const rest = lines.slice(1).map((line) => " ".repeat(before - indent.length) + style(line, last));
    return [head, ...rest].map((line) => (indent + line).trimEnd());
  });
}

/** Breaks at spaces; a word that is wider than the room stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** `1 node`, `2 nodes`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
