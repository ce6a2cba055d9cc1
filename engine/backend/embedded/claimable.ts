// What a consumer may take over of a group, and how much of it at once.
import type { Deferred, Group, Handed } from "./group.ts";

export interface Claimable {
  readonly position: number;
  /** The run that holds it; undefined: it was put aside. */
  readonly handed: Handed | undefined;
  readonly counts: Handed | Deferred;
}

/** Held by other consumers with the prefix, with "" put aside too; the oldest first. At least `count`, where so many are. */
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
  return [...held, ...aside].sort((a, b) => a.position - b.position);
}

/** The first of them, up to `count`; one that had `aloneFrom` owners or more comes alone. */
export function firstTogether(
  candidates: readonly Claimable[],
  count: number,
  aloneFrom: number,
): readonly Claimable[] {
  const limited = candidates.slice(0, count);
  const alone = limited.findIndex(({ counts }) => counts.owners >= aloneFrom);
  return alone < 0 ? limited : limited.slice(0, Math.max(1, alone));
}
