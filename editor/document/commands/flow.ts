// Changes of the flow as a whole: title, description, packages, scripted types, files.
import type { FlowDocument, FlowTypeDocument } from "../../../engine/admin/api.ts";
import { without } from "../draft.ts";
import { type Command, patch } from "./command.ts";

/** Sets fields of the flow; undefined removes one. */
export function setFlow(
  values: { readonly [K in keyof FlowDocument]?: FlowDocument[K] | undefined },
  field?: string,
): Command {
  return {
    label: "Change flow",
    ...(field === undefined ? {} : { merge: `flow:${field}` }),
    apply: (draft) => ({ ...draft, flow: patch(draft.flow, values) }),
  };
}

/** Sets a node type that is scripted in the flow; undefined removes it. */
export function setFlowType(name: string, type: FlowTypeDocument | undefined, field?: string): Command {
  return {
    label: `Change type ${name}`,
    ...(field === undefined ? {} : { merge: `type:${name}:${field}` }),
    apply: (draft) => {
      const types = type ? { ...draft.flow.types, [name]: type } : without(draft.flow.types ?? {}, [name]);
      return {
        ...draft,
        flow: patch(draft.flow, { types: Object.keys(types).length > 0 ? types : undefined }),
      };
    },
  };
}

/** Sets the text of a file beside the flow. */
export function setFile(path: string, text: string): Command {
  return {
    label: `Edit ${path}`,
    merge: `file:${path}`,
    apply: (draft) =>
      draft.files[path] === text ? draft : { ...draft, files: { ...draft.files, [path]: text } },
  };
}

export function removeFile(path: string): Command {
  return {
    label: `Delete ${path}`,
    apply: (draft) =>
      Object.hasOwn(draft.files, path) ? { ...draft, files: without(draft.files, [path]) } : draft,
  };
}
