// What a key in Redis is, from its name: keys.ts read backwards, for people who look. Pure.
import type { InspectedKey } from "../inspector.ts";
import { decode } from "./keys.ts";

/** `key` begins with the namespace. */
export function parseKey(namespace: string, key: string): InspectedKey {
  const parts = key.slice(namespace.length + 1).split(":");
  const tag = /^\{(.*)\}$/s.exec(parts[0] ?? "")?.[1];
  if (tag === undefined) {
    const [kind, name = ""] = parts;
    if (kind === "lease") return { key, kind, lease: { flow: undefined, name: decode(name) } };
    return { key, kind: "other" };
  }
  const flow = decode(tag);
  const [, kind, first = "", second] = parts;
  switch (kind) {
    case "topic": {
      const topic = decode(first);
      const partition = second === undefined ? undefined : Number(second);
      return { key, kind: "stream", address: { flow, topic, ...(partition !== undefined && { partition }) } };
    }
    case "state": {
      const scope = first === "node" ? `node:${flow}/${decode(second ?? "")}` : `flow:${flow}`;
      return { key, kind, scope };
    }
    case "lease":
      return { key, kind, lease: { flow, name: decode(first) } };
    case "revisions":
      return { key, kind, flow };
    default:
      return { key, kind: "other" };
  }
}
