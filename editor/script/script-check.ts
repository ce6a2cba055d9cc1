// How a script is shown to the TypeScript checker. A body of an async function is wrapped into one, so that
// `return` and `await` are right and what they say is checked; a module is checked as it stands. Pure.

/** What the checker reads, and how far its positions are ahead of the user's. */
export interface CheckedText {
  readonly text: string;
  readonly offset: number;
}

const BODY_START = "export default async function (): Promise<Returned> {";
const BODY_END = "\n}\n";

/**
 * TypeScript's complaints that say nothing about a script: parameters of a module's function are typed by the
 * engine's call, not by the author (7006, 7019, 7031).
 */
const IGNORED: ReadonlySet<number> = new Set([7006, 7019, 7031]);

/** A script is a module when a line of it exports something, otherwise the body of a function: the engine's rule. */
export function isModule(code: string): boolean {
  return /(^|[;}\n])[ \t]*export\b\s*(default\b|[{*]|async\b|function\b|const\b|let\b|class\b)/.test(code);
}

/** The text to check. The first line keeps its number, and only its columns move. */
export function checkedText(code: string): CheckedText {
  return isModule(code)
    ? { text: code, offset: 0 }
    : { text: BODY_START + code + BODY_END, offset: BODY_START.length };
}

/** A diagnostic as the TypeScript worker tells it. */
export interface RawDiagnostic {
  readonly code: number;
  readonly start: number | undefined;
  readonly length: number | undefined;
  readonly messageText: string | DiagnosticChain;
  /** 0 warning, 1 error, 2 suggestion, 3 message. */
  readonly category: number;
}

export interface DiagnosticChain {
  readonly messageText: string;
  readonly next?: readonly DiagnosticChain[];
}

export interface ScriptProblem {
  readonly code: number;
  readonly message: string;
  readonly severity: "error" | "warning";
  /** Offsets into the user's code. */
  readonly start: number;
  readonly end: number;
}

/** The problems in the user's own text: positions moved back and cut to it, what says nothing left out. */
export function scriptProblems(
  code: string,
  checked: CheckedText,
  diagnostics: readonly RawDiagnostic[],
): ScriptProblem[] {
  return diagnostics
    .filter((diagnostic) => !IGNORED.has(diagnostic.code) && diagnostic.category <= 1)
    .map((diagnostic) => {
      const from = (diagnostic.start ?? checked.offset) - checked.offset;
      const start = Math.min(Math.max(from, 0), code.length);
      return {
        code: diagnostic.code,
        message: inOurWords(diagnostic.code, flatten(diagnostic.messageText)),
        severity: diagnostic.category === 1 ? ("error" as const) : ("warning" as const),
        start,
        end: Math.min(Math.max(from + (diagnostic.length ?? 1), start), code.length),
      };
    });
}

/** "Do you need to install type definitions …": nothing can be installed into a script. */
const WITH_ADVICE: ReadonlySet<number> = new Set([2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593]);

function inOurWords(code: number, message: string): string {
  if (code === 2322 && message.includes("type 'Returned'")) {
    return 'What is returned does not fit what the output "out" promises.';
  }
  return WITH_ADVICE.has(code) ? message.replace(/\. Do you need .*$/s, ".") : message;
}

/** One line for lists: of a long explanation the end, which names the cause. */
export function summary(message: string): string {
  const lines = message.split("\n");
  return (lines.at(-1) ?? "").trim();
}

function flatten(text: string | DiagnosticChain, depth = 0): string {
  if (typeof text === "string") return text;
  const rest = (text.next ?? []).map((next) => `\n${"  ".repeat(depth + 1)}${flatten(next, depth + 1)}`);
  return text.messageText + rest.join("");
}
