// What differs between the draft and what is deployed, as things a person knows: nodes, topics, types, files.
import { equal } from "./changes.ts";
import type { Draft } from "./draft.ts";

export interface Edit {
  readonly kind: "node" | "topic" | "type" | "file" | "flow" | "layout";
  /** Id, name or path; for the flow itself the field. */
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
}

/** One entry per thing; the layout counts once however much moved. */
export function edits(deployed: Draft, draft: Draft): readonly Edit[] {
  if (deployed === draft) return [];
  const fields = ["title", "description", "packages"] as const;
  return [
    ...fields
      .filter((field) => !equal(deployed.flow[field], draft.flow[field]))
      .map((field): Edit => ({ kind: "flow", name: field, change: "changed" })),
    ...compare("topic", deployed.flow.topics, draft.flow.topics),
    ...compare("type", deployed.flow.types, draft.flow.types),
    ...compare("node", deployed.flow.nodes, draft.flow.nodes),
    ...compare("file", deployed.files, draft.files),
    ...(equal(deployed.layout, draft.layout)
      ? []
      : [{ kind: "layout", name: "layout", change: "changed" } satisfies Edit]),
  ];
}

function compare(
  kind: Edit["kind"],
  before: Readonly<Record<string, unknown>> = {},
  after: Readonly<Record<string, unknown>> = {},
): Edit[] {
  if (before === after) return [];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name): Edit[] => {
    if (!Object.hasOwn(before, name)) return [{ kind, name, change: "added" }];
    if (!Object.hasOwn(after, name)) return [{ kind, name, change: "removed" }];
    return equal(before[name], after[name]) ? [] : [{ kind, name, change: "changed" }];
  });
}
