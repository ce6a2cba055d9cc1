// Node types as the editor sees them: those of the catalogue, and those that the flow itself scripts.
import type { FlowDocument, FlowTypeDocument, NodeTypeInfo } from "../../engine/admin/api.ts";
import { own } from "./draft.ts";

export type Catalogue = ReadonlyMap<string, NodeTypeInfo>;

/** Category of types that are scripted in the flow. */
export const FLOW_CATEGORY = "this flow";

/** What is known of a type, or undefined when it is not installed. The flow's own types come first. */
export function typeInfo(catalogue: Catalogue, flow: FlowDocument, type: string): NodeTypeInfo | undefined {
  const scripted = own(flow.types, type);
  return scripted ? scriptedType(type, scripted) : catalogue.get(type);
}

/** All types that can be placed in this flow, by category, then title. */
export function allTypes(catalogue: Catalogue, flow: FlowDocument): NodeTypeInfo[] {
  const scripted = Object.entries(flow.types ?? {}).map(([type, document]) => scriptedType(type, document));
  const own = new Set(scripted.map((info) => info.type));
  return [...scripted, ...[...catalogue.values()].filter((info) => !own.has(info.type))];
}

const made = new WeakMap<FlowTypeDocument, NodeTypeInfo>();

function scriptedType(type: string, document: FlowTypeDocument): NodeTypeInfo {
  const known = made.get(document);
  if (known?.type === type) return known;
  const info: NodeTypeInfo = {
    type,
    title: document.title ?? type,
    summary: document.summary ?? "Scripted in this flow.",
    category: FLOW_CATEGORY,
    icon: document.icon ?? "code",
    color: document.color ?? "grape",
    config: document.config ?? {},
    inputs: document.inputs ?? {},
    outputs: document.outputs ?? {},
    outputsFrom: [],
    openOutputs: false,
    source: Object.keys(document.inputs ?? {}).length === 0,
    package: "",
    version: "",
    docs: "",
  };
  made.set(document, info);
  return info;
}
