// What a consumer may take over of a group.
import type { Deferred, Group, Handed } from "./group.ts";

export interface Claimable {
  readonly position: number;
  /** The run that holds it; undefined: it was put aside. */
  readonly handed: Handed | undefined;
  readonly counts: Handed | Deferred;
}

/** Up to `count` that other consumers with the prefix hold, with "" what was put aside too; the oldest first. */
export function claimable(group: Group, prefix: string, consumer: string, count: number): Claimable[] {
  const held = group
    .heldByOthers(prefix, consumer)
    .flatMap((handed) =>
      [...handed.remaining].slice(0, count).map((position) => ({ position, handed, counts: handed })),
    );
  const aside =
    prefix === ""
      ? [...group.deferred].map(([position, counts]) => ({ position, handed: undefined, counts }))
      : [];
  return [...held, ...aside].sort((a, b) => a.position - b.position).slice(0, count);
}
