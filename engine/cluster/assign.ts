// Who gets which part. Pure, and the same for all engines that look at the same members and owners: balanced to within
// one part, and no part is moved that need not be.

/**
 * The member for each part 0 … count-1; undefined for all when there are no members. `owners`: who has each part now,
 * as far as anybody has. `salt` spreads what has few parts over the members.
 */
export function assignParts(
  count: number,
  members: readonly string[],
  owners: readonly (string | undefined)[] = [],
  salt = "",
): (string | undefined)[] {
  const parts = Array.from({ length: count }, (_, part) => part);
  if (members.length === 0) return parts.map(() => undefined);
  const room = roomOf(count, members, owners, salt);
  const result: (string | undefined)[] = parts.map((part) => {
    const owner = owners[part];
    const left = owner === undefined ? undefined : room.get(owner);
    if (owner === undefined || !left) return undefined;
    room.set(owner, left - 1);
    return owner;
  });
  for (const part of parts) {
    if (result[part] !== undefined) continue;
    const open = [...room].flatMap(([member, left]) => (left > 0 ? [member] : []));
    const [chosen = ""] = byWeight(open, `${salt}/${part}`);
    result[part] = chosen;
    room.set(chosen, (room.get(chosen) ?? 1) - 1);
  }
  return result;
}

/** How many parts each member has: all the same, and those that have most keep the ones left over. */
function roomOf(
  count: number,
  members: readonly string[],
  owners: readonly (string | undefined)[],
  salt: string,
): Map<string, number> {
  const held = new Map(members.map((member) => [member, 0]));
  for (const owner of owners.slice(0, count)) {
    const before = owner === undefined ? undefined : held.get(owner);
    if (owner !== undefined && before !== undefined) held.set(owner, before + 1);
  }
  const even = Math.floor(count / held.size);
  const more = count % held.size;
  const order = byWeight([...held.keys()], salt).sort((a, b) => (held.get(b) ?? 0) - (held.get(a) ?? 0));
  return new Map(order.map((member, index) => [member, even + (index < more ? 1 : 0)]));
}

/** Rendezvous order: heaviest first, the same wherever it is computed. */
function byWeight(members: readonly string[], salt: string): string[] {
  const weighed = members.map((member) => ({ member, weight: hash(`${salt}\n${member}`) }));
  return weighed
    .sort((a, b) => b.weight - a.weight || (a.member < b.member ? -1 : 1))
    .map(({ member }) => member);
}

/** FNV-1a with a final mix, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
