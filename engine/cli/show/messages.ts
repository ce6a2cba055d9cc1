// Messages as they go by: when, from whom, and what.
import type { TopicMessage } from "../../admin/api.ts";
import type { Terminal } from "../terminal.ts";

export function showMessage(message: TopicMessage, terminal: Terminal): string {
  const time = new Date(message.time).toISOString().slice(11, 23);
  const again = message.attempt > 1 ? ` attempt ${message.attempt}` : "";
  const head = `${time} ${message.source || "outside"}${again}`;
  const attributes = Object.entries(message.attributes).map(([name, value]) => `${name}=${value}`);
  const tail = attributes.length > 0 ? `  ${terminal.style("quiet", attributes.join(" "))}` : "";
  return `${terminal.style("quiet", head)}  ${JSON.stringify(message.payload)}${tail}`;
}

export function showLeftOut(count: number, terminal: Terminal): string {
  return terminal.style("warning", `${count} messages were not shown: there were too many in a second.`);
}
