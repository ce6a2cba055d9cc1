// Who gets which part: balanced, the same everywhere, and nothing moves without need.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assignParts } from "../../../engine/cluster/assign.ts";

const member = fc.string({ minLength: 1, maxLength: 6 });
const members = fc.uniqueArray(member, { minLength: 1, maxLength: 8 });
const count = fc.integer({ min: 0, max: 40 });
const owners = (of: readonly string[]) =>
  fc.array(fc.option(fc.constantFrom(...of, "gone"), { nil: undefined }), { maxLength: 45 });
const given = fc.record({ members, count }).chain((each) =>
  fc.record({
    members: fc.constant(each.members),
    count: fc.constant(each.count),
    owners: owners(each.members),
  }),
);

function sizes(parts: readonly (string | undefined)[], of: readonly string[]): number[] {
  return of.map((each) => parts.filter((owner) => owner === each).length);
}

describe("the parts of a share", () => {
  test("are all given to members, balanced to within one part", () => {
    fc.assert(
      fc.property(given, ({ members, count, owners }) => {
        const parts = assignParts(count, members, owners, "salt");
        const held = sizes(parts, members);
        expect(parts).toHaveLength(count);
        expect(held.reduce((sum, each) => sum + each, 0)).toBe(count);
        expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("are computed alike, in whatever order members are known", () => {
    fc.assert(
      fc.property(given, fc.nat(), ({ members, count, owners }, turn) => {
        const cut = turn % members.length;
        const other = [...members.slice(cut), ...members.slice(0, cut)];
        expect(assignParts(count, other, owners, "s")).toEqual(assignParts(count, members, owners, "s"));
      }),
    );
  });

  test("stay where they are when they are balanced", () => {
    fc.assert(
      fc.property(given, ({ members, count, owners }) => {
        const parts = assignParts(count, members, owners, "s");
        expect(assignParts(count, members, parts, "s")).toEqual(parts);
      }),
    );
  });

  test("move only as many as balance asks for", () => {
    fc.assert(
      fc.property(given, ({ members, count, owners }) => {
        const parts = assignParts(count, members, owners, "s");
        const before = Array.from({ length: count }, (_, part) => owners[part]);
        const moved = parts.filter((owner, part) => {
          const had = before[part];
          return had !== undefined && members.includes(had) && owner !== had;
        }).length;
        expect(moved).toBe(surplus(sizes(before, members), count));
      }),
    );
  });

  test("of one who is gone are spread, and those of the others stay", () => {
    fc.assert(
      fc.property(members, count, (members, count) => {
        fc.pre(members.length > 1);
        const before = assignParts(count, members, [], "s");
        const left = members.slice(1);
        const after = assignParts(count, left, before, "s");
        for (const [part, owner] of before.entries()) {
          if (owner !== members[0]) expect(after[part]).toBe(owner);
        }
      }),
    );
  });

  test("single ones are spread over the members by their salt", () => {
    const of = ["a:1", "b:1", "c:1"];
    const holders = Array.from(
      { length: 60 },
      (_, index) => assignParts(1, of, [], `flow/timer-${index}`)[0],
    );
    for (const each of of) expect(holders.filter((holder) => holder === each).length).toBeGreaterThan(5);
  });

  test("are nobody's without members", () => {
    expect(assignParts(2, [], ["a", "b"])).toEqual([undefined, undefined]);
  });
});

/** The least that must leave its owner: what is above the room of each, when the fullest keep the parts left over. */
function surplus(held: readonly number[], count: number): number {
  const even = Math.floor(count / held.length);
  const more = count % held.length;
  return held
    .toSorted((a, b) => b - a)
    .reduce((sum, each, index) => sum + Math.max(0, each - even - (index < more ? 1 : 0)), 0);
}
