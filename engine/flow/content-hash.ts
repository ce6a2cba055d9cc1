// What makes two flows the same, whatever the order of their keys: the logic, the text of the files that it names,
// and the layout (a moved node is a new revision too, one that restarts nothing).
import type { FlowBundle } from "./document.ts";
import { measure } from "./measure.ts";
import { fileKey, fileReferences } from "./references.ts";
import { stableHash } from "./stable-hash.ts";

/** One hash per part. Files that the flow does not name do not count: they are not written to disk either. */
export function contentHashes(bundle: FlowBundle): { logic: string; files: string; layout: string } {
  if (measure(bundle.flow).deep || measure(bundle.layout).deep) return { logic: "", files: "", layout: "" };
  const named = new Map<string, string | undefined>();
  for (const { file } of fileReferences(bundle.flow)) {
    const key = fileKey(file);
    if (key !== undefined && Object.hasOwn(bundle.files, key)) named.set(key, bundle.files[key]);
  }
  return {
    logic: stableHash(bundle.flow),
    files: stableHash(Object.fromEntries(named)),
    layout: stableHash(bundle.layout),
  };
}

/** The whole content of a revision in one hash. */
export function contentHash(bundle: FlowBundle): string {
  return stableHash(contentHashes(bundle));
}
