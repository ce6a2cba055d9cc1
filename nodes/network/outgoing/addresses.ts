// Which network addresses a flow may call. Link-local ones, where clouds keep their metadata, never; those of this
// machine and of private networks when it was allowed. After the IANA special-purpose address registries.
import { BlockList, isIP } from "node:net";

const NEVER: readonly [string, number][] = [
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["192.0.0.192", 32],
  ["0.0.0.0", 8],
  ["192.0.2.0", 24],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["fe80::", 10],
  ["fd00:ec2::254", 128],
  ["fd20:ce::254", 128],
  ["::", 128],
  ["100::", 64],
  ["2001:db8::", 32],
  ["ff00::", 8],
];

const PRIVATE: readonly [string, number][] = [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["192.0.0.0", 24],
  ["198.18.0.0", 15],
  ["::1", 128],
  ["fc00::", 7],
  ["fec0::", 10],
];

/** `reserved`: never called. `private`: only when allowed. Says of an address (not a name) why it may not be called; undefined when it may. */
export type AddressGuard = (address: string) => "private" | "reserved" | undefined;

export function addressGuard(allowPrivate: boolean): AddressGuard {
  const never = blockList(NEVER);
  const unlessAllowed = blockList(allowPrivate ? [] : PRIVATE);
  return (address) => {
    for (const plain of [address, embeddedIpv4(address)]) {
      if (plain === undefined) continue;
      const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
      if (never.check(plain, family)) return "reserved";
      if (unlessAllowed.check(plain, family)) return "private";
    }
    return undefined;
  };
}

function blockList(ranges: readonly [string, number][]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) {
    list.addSubnet(network, prefix, network.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

/** The IPv4 address inside an IPv6 one: mapped, compatible, NAT64 (64:ff9b::/96) and 6to4 (2002::/16). */
function embeddedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  const words = wordsOf(address);
  const [first = 0, second = 0, third = 0] = words;
  const [seventh = 0, eighth = 0] = words.slice(6);
  if (first === 0x2002) return dotted(second, third);
  const leadingZeros = words.slice(0, 5).every((word) => word === 0);
  const mapped = leadingZeros && (words[5] === 0xffff || (words[5] === 0 && seventh !== 0));
  const nat64 = first === 0x64 && second === 0xff9b;
  return mapped || nat64 ? dotted(seventh, eighth) : undefined;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** The eight 16-bit words of an IPv6 address; the URL parser writes it in its one short form, without dots. */
function wordsOf(address: string): number[] {
  const short = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [head = "", tail] = short.split("::");
  const parse = (text: string) =>
    text
      .split(":")
      .filter(Boolean)
      .map((word) => Number.parseInt(word, 16));
  const before = parse(head);
  if (tail === undefined) return before;
  const after = parse(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
