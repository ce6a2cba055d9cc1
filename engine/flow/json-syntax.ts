// What is wrong with a text that is no JSON, in words. The text must be of bounded depth: the parser recurses.
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import type { Problem } from "../base/errors/error.ts";
import { flowNotJson } from "../base/errors/flow.ts";
import { placeOfOffset } from "./json-places.ts";

/** The first thing that is wrong. */
export function syntaxProblem(text: string): Problem {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  const offset = first?.offset ?? 0;
  const place = placeOfOffset(text, offset);
  const seen = text.slice(offset, offset + Math.min(first?.length ?? 0, 20));
  const reason =
    text.trim() === ""
      ? "The file is empty. Write at least {}."
      : reasonOf(first && printParseErrorCode(first.error), seen, text, offset);
  return flowNotJson.problem({ reason }, { path: "", ...place });
}

function reasonOf(code: string | undefined, seen: string, text: string, offset: number): string {
  const at = seen === "" ? "at the end of the file" : `before ${seen.startsWith('"') ? seen : `"${seen}"`}`;
  switch (code) {
    case "InvalidSymbol":
      return `"${seen}" is not JSON. Write a text in double quotes, a number, true, false or null.`;
    case "InvalidNumberFormat":
      return `"${seen}" is not a number. Write for example 5 or 0.5.`;
    case "PropertyNameExpected":
      return previousMark(text, offset) === ","
        ? `A comma stands ${at}, but nothing follows it. Remove the comma.`
        : `A name in double quotes is missing ${at}. Write for example "nodes".`;
    case "ValueExpected":
      return previousMark(text, offset) === ","
        ? `A comma stands ${at}, but nothing follows it. Remove the comma.`
        : `A value is missing ${at}. Write one, or remove the name.`;
    case "ColonExpected":
      return `A colon is missing ${at}. Write "name": value.`;
    case "CommaExpected":
      return `A comma is missing ${at}. Add it.`;
    case "CloseBraceExpected":
      return `A closing "}" is missing ${at}. Add it.`;
    case "CloseBracketExpected":
      return `A closing "]" is missing ${at}. Add it.`;
    case "EndOfFileExpected":
      return `"${seen}" stands after the end of the flow. Remove it.`;
    case "InvalidCommentToken":
    case "UnexpectedEndOfComment":
      return 'Comments are not JSON. Put the words into "description", or a note of the layout.';
    case "UnexpectedEndOfString":
      return `The text ${seen} has no closing quote on its line. Add it; write a line break as \\n.`;
    case "InvalidEscapeCharacter":
    case "InvalidUnicode":
      return `${seen} has a backslash that means nothing. Write a backslash as \\\\.`;
    case "InvalidCharacter":
      return `${seen} has a character that must be escaped. Write a tab as \\t, a line break as \\n.`;
    default:
      return "This is not JSON. Check quotes, commas and brackets.";
  }
}

function previousMark(text: string, offset: number): string | undefined {
  return text.slice(0, offset).trimEnd().at(-1);
}
