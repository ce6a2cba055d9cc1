// Where a command writes: plain text for programs and files, calm colours for a person at a terminal.
import { styleText } from "node:util";

export type Style = "strong" | "quiet" | "good" | "bad" | "warning" | "link";

export interface Terminal {
  write(text: string): void;
  /** The text in a style; as it is when nobody looks at it on a terminal. */
  style(style: Style, text: string): string;
  /** A person looks at it. */
  readonly isPerson: boolean;
  readonly columns: number;
}

const STYLES = {
  strong: "bold",
  quiet: "dim",
  good: "green",
  bad: "red",
  warning: "yellow",
  link: "cyan",
} as const;

export function createTerminal(
  stream: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isPerson = stream.isTTY === true;
  const isColoured = isPerson && !environment.NO_COLOR && environment.TERM !== "dumb";
  return {
    write: (text) => void stream.write(text),
    style: (style, text) => (isColoured ? styleText(STYLES[style], text, { validateStream: false }) : text),
    isPerson,
    columns: stream.columns ?? 100,
  };
}
