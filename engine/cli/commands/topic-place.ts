// FLOW/TOPIC as commands take it, and where the admin API has it.
import { usageWrong } from "../../base/errors/cli.ts";

/** A shared topic keeps its slash: `main//alert`. Throws `cli/usage`. */
export function placeOf(place: string, command: string): { flow: string; topic: string } {
  const slash = place.indexOf("/");
  const [flow, topic] = [place.slice(0, slash), place.slice(slash + 1)];
  if (slash <= 0 || topic === "") {
    const reason = `"${place}" names no topic. Write it as FLOW/TOPIC, for example "main/orders".`;
    throw usageWrong({ reason, command: `engine ${command}` });
  }
  return { flow, topic };
}

/** Where the admin API has the topic. Throws `cli/usage`. */
export function topicRoute(place: string, command: string): string {
  const { flow, topic } = placeOf(place, command);
  return `/api/flows/${encodeURIComponent(flow)}/topics/${encodeURIComponent(topic)}`;
}
