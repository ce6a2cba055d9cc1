// Messages that were given up: a block for each, with why and what it was.
import type { TopicMessage } from "../../admin/api.ts";
import type { Terminal } from "../terminal.ts";
import { count, wrap } from "./table.ts";

const PAYLOAD_SHOWN = 400;

export function showDeadLetters(
  place: string,
  messages: readonly TopicMessage[],
  terminal: Terminal,
): string {
  if (messages.length === 0) return `No message of ${place} was given up.`;
  const blocks = messages.map((message) => showOne(message, terminal).join("\n"));
  const hint = `${count(messages.length, "message")} of ${place}. Put back: engine dead ${place} --retry ID, or --retry all.`;
  return [...blocks, terminal.style("quiet", hint)].join("\n\n");
}

function showOne({ entry, time, attributes, payload }: TopicMessage, terminal: Terminal): string[] {
  const { error = "", node = "", attempts = "" } = attributes;
  const facts = [
    new Date(time).toISOString(),
    ...(node ? [`node ${node}`] : []),
    ...(attempts ? [count(Number(attempts), "attempt")] : []),
  ];
  const text = JSON.stringify(payload) ?? "undefined";
  const shown = text.length > PAYLOAD_SHOWN ? `${text.slice(0, PAYLOAD_SHOWN)}…` : text;
  return [
    `${terminal.style("strong", entry)}  ${terminal.style("quiet", facts.join(", "))}`,
    ...wrap(error, terminal.columns - 2).map((line) => `  ${terminal.style("bad", line)}`),
    `  ${shown}`,
  ];
}
