// What quick-add offers for a text: node types that fit, topics that are there, and a new topic of that name.
import type { NodeTypeInfo } from "../../engine/admin/api.ts";
import { type Draft, topicOf } from "../document/draft.ts";
import { fittingPort, type LinkOrigin, topicVerdict } from "../document/linking.ts";
import { topicNameProblem } from "../document/naming.ts";
import { allTypes, type Catalogue } from "../document/types.ts";
import { topicUses } from "../document/wires.ts";
import { searchTypes } from "../palette/search.ts";

export type Choice =
  | { readonly kind: "type"; readonly info: NodeTypeInfo }
  | { readonly kind: "topic"; readonly name: string; readonly isNew: boolean };

const MOST_TOPICS = 6;

/** After a wire was drawn from `origin` only what can be its other end; topics appear when their name is typed. */
export function choices(
  draft: Draft,
  catalogue: Catalogue,
  origin: LinkOrigin | null,
  text: string,
): Choice[] {
  const found = searchTypes(allTypes(catalogue, draft.flow), text);
  const types = found
    .filter((info) => origin === null || fittingPort(draft, catalogue, origin, info) !== null)
    .map((info): Choice => ({ kind: "type", info }));
  const topics = topicChoices(draft, catalogue, origin, text.trim());
  return text.startsWith("/") ? [...topics, ...types] : [...types, ...topics];
}

function topicChoices(draft: Draft, catalogue: Catalogue, origin: LinkOrigin | null, text: string): Choice[] {
  if (text === "" || origin?.kind === "topic-emitter" || origin?.kind === "topic-reader") return [];
  const known = [...topicUses(draft.flow).keys()]
    .filter((name) => name.toLowerCase().includes(text.toLowerCase()))
    .filter((name) => origin === null || topicVerdict(draft, catalogue, origin, name) === null)
    .slice(0, MOST_TOPICS)
    .map((name): Choice => ({ kind: "topic", name, isNew: false }));
  const fresh = topicOf(draft, text) === undefined && topicNameProblem(draft.flow.topics, text) === null;
  return fresh ? [...known, { kind: "topic", name: text, isNew: true }] : known;
}
