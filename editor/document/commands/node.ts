// Adding, removing and changing nodes.
import type { NodeDocument } from "../../../engine/admin/api.ts";
import { type Draft, nodeOf, type Position, type Selection, without } from "../draft.ts";
import { filesIn } from "../files.ts";
import { inputTopic, parseWireId, topicUses } from "../wires.ts";
import { type Command, dropUnused, patch, removeTopics, updateNode, withNode } from "./command.ts";
import { place } from "./layout.ts";
import { cutTopics, cutWires } from "./wire.ts";

export function addNode(id: string, node: NodeDocument, at: Position): Command {
  return {
    label: `Add ${node.title ?? id}`,
    apply: (draft) => place(withNode(draft, id, node), { nodes: { [id]: at }, topics: {} }),
  };
}

/**
 * Sets fields of a node; undefined removes one. `field` names the place being typed in, so that typing is one mark.
 */
export function setNode(
  id: string,
  values: { readonly [K in keyof NodeDocument]?: NodeDocument[K] | undefined },
  field?: string,
): Command {
  return {
    label: `Change ${id}`,
    ...(field === undefined ? {} : { merge: `node:${id}:${field}` }),
    apply: (draft) => updateNode(draft, id, (node) => patch(node, values)),
  };
}

/** Removes what is selected, the wires that hang on it, and topics that then mean nothing. */
export function removeItems(selection: Selection): Command {
  const count = selection.nodes.length + selection.topics.length + selection.wires.length;
  return {
    label: count === 1 ? "Delete" : `Delete ${count} items`,
    apply: (draft) => remove(draft, selection),
  };
}

function remove(draft: Draft, selection: Selection): Draft {
  const wires = selection.wires.map(parseWireId);
  let next = cutTopics(draft, selection.topics);
  next = removeTopics(
    next,
    selection.topics.filter((name) => topicUses(draft.flow).has(name)),
  );
  next = cutWires(next, wires);
  const ids = selection.nodes.filter((id) => nodeOf(next, id));
  const touched = ids.flatMap((id) => topicsOf(nodeOf(next, id)));
  if (ids.length > 0) {
    const { nodes, groups } = next.layout;
    next = {
      ...next,
      flow: { ...next.flow, nodes: without(next.flow.nodes ?? {}, ids) },
      layout: {
        ...next.layout,
        ...(nodes ? { nodes: without(nodes, ids) } : {}),
        ...(groups?.some((group) => group.nodes.some((id) => ids.includes(id)))
          ? {
              groups: groups.map((group) => ({
                ...group,
                nodes: group.nodes.filter((id) => !ids.includes(id)),
              })),
            }
          : {}),
      },
    };
  }
  return dropFiles(dropUnused(next, touched), filesIn(ids.map((id) => nodeOf(draft, id))));
}

/** Drops those of the named files that nothing names any more. */
function dropFiles(draft: Draft, candidates: readonly string[]): Draft {
  const named = candidates.length > 0 ? new Set(filesIn(draft.flow)) : new Set<string>();
  const gone = candidates.filter((path) => !named.has(path) && Object.hasOwn(draft.files, path));
  return gone.length === 0 ? draft : { ...draft, files: without(draft.files, gone) };
}

/** Names of all topics that a node is wired to. */
export function topicsOf(node: NodeDocument | undefined): string[] {
  return [
    ...Object.values(node?.inputs ?? {}).flatMap((inputs) => inputs.map(inputTopic)),
    ...Object.values(node?.outputs ?? {}).flat(),
  ];
}
