// What differs between two flows, by the things a person knows: nodes, topics, types, files. Pure.
import { type FlowBundle, stableText } from "../flow/index.ts";

export interface FlowChange {
  readonly kind: "node" | "topic" | "type" | "file" | "setting";
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
}

/** In the order of the documents; what is the same in both is not mentioned. */
export function compareFlows(
  before: Omit<FlowBundle, "layout">,
  after: Omit<FlowBundle, "layout">,
): FlowChange[] {
  const settings = ({ flow: { title, description, packages } }: Omit<FlowBundle, "layout">) => ({
    title,
    description,
    packages,
  });
  return [
    ...compare("setting", settings(before), settings(after)),
    ...compare("topic", before.flow.topics ?? {}, after.flow.topics ?? {}),
    ...compare("type", before.flow.types ?? {}, after.flow.types ?? {}),
    ...compare("node", before.flow.nodes ?? {}, after.flow.nodes ?? {}),
    ...compare("file", before.files, after.files),
  ];
}

function compare(
  kind: FlowChange["kind"],
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): FlowChange[] {
  const valueIn = (values: Readonly<Record<string, unknown>>, name: string) =>
    Object.hasOwn(values, name) ? values[name] : undefined;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name): FlowChange[] => {
    const [old, now] = [valueIn(before, name), valueIn(after, name)];
    if (old === undefined && now === undefined) return [];
    if (old === undefined) return [{ kind, name, change: "added" }];
    if (now === undefined) return [{ kind, name, change: "removed" }];
    return stableText(old) === stableText(now) ? [] : [{ kind, name, change: "changed" }];
  });
}
