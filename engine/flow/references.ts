// The files that a flow names: code and other text by `$file`, protobuf types by `proto`.
import { isFields, outlineFlow } from "./outline.ts";
import { pointer } from "./pointer.ts";

/** A file named at a place of the flow. */
export interface Reference {
  /** JSON Pointer of the text that names it. */
  readonly path: string;
  /** As written. */
  readonly file: string;
}

/**
 * The path relative to the flow's folder, in one spelling, or undefined when it is not a file inside that folder.
 * Hidden files and node_modules are not files of a flow.
 */
export function fileKey(file: string): string | undefined {
  if (file.includes("\\") || file.includes("\0") || file.startsWith("/") || /^[A-Za-z]:/.test(file))
    return undefined;
  const steps = file.split("/").filter((step, index) => !(step === "." && index === 0));
  const fine = steps.every((step) => step !== "" && !step.startsWith(".") && step !== "node_modules");
  return fine && steps.length > 0 ? steps.join("/") : undefined;
}

/** True for `{ "$file": … }` and nothing beside it. */
export function isFileReference(value: unknown): value is { $file: unknown } {
  return isFields(value) && Object.hasOwn(value, "$file") && Object.keys(value).length === 1;
}

/** True for `{ "$secret": … }` and nothing beside it. */
export function isSecretReference(value: unknown): value is { $secret: unknown } {
  return isFields(value) && Object.hasOwn(value, "$secret") && Object.keys(value).length === 1;
}

/** File and full type name of `file.proto#pkg.Type`. */
export function splitProto(proto: string): { file: string; type: string } | undefined {
  const [file, type, ...more] = proto.split("#");
  return file && type && more.length === 0 ? { file, type } : undefined;
}

/** Every file that the flow names, in document order. The document must be of bounded depth. */
export function fileReferences(document: unknown): Reference[] {
  const outline = outlineFlow(document);
  const found: Reference[] = [];
  for (const topic of outline.topics.values()) {
    const proto = topic.proto === undefined ? undefined : splitProto(topic.proto);
    if (proto) found.push({ path: pointer("topics", topic.name, "proto"), file: proto.file });
  }
  for (const type of outline.types.values()) collect(type.code, ["types", type.name, "code"], found);
  for (const node of outline.nodes.values()) collect(node.config, ["nodes", node.id, "config"], found);
  return found;
}

function collect(value: unknown, path: readonly (string | number)[], found: Reference[]): void {
  if (value === null || typeof value !== "object") return;
  if (isFileReference(value)) {
    if (typeof value.$file === "string") found.push({ path: pointer(...path, "$file"), file: value.$file });
    return;
  }
  for (const [key, child] of Object.entries(value)) collect(child, [...path, key], found);
}
