// Keeps a flow from calling what it may not: the scheme and the address of every URL, checked where the connection
// is made, so that no second look-up of a name can lead elsewhere (DNS rebinding).
import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { isIP } from "node:net";
import { Failure } from "@millrace/sdk";
import type { AddressGuard } from "./addresses.ts";

/** Throws a Failure for a URL that is not http(s), or names an address that may not be called. */
export function checkUrl(url: URL, guard: AddressGuard): void {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new Failure(`"${url.protocol}" is not http: or https:. Correct the URL.`, {
      code: "http/bad-url",
      retry: false,
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) refuse(host, host, guard);
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** A look-up for sockets that fails when any address of the name may not be called. */
export function guardedLookup(guard: AddressGuard) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      try {
        for (const { address } of addresses) refuse(hostname, address, guard);
      } catch (refusal) {
        return callback(refusal as Failure, []);
      }
      const [first] = addresses;
      if (options.all || !first) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function refuse(host: string, address: string, guard: AddressGuard): void {
  const reason = guard(address);
  if (reason === undefined) return;
  const where = host === address ? `"${host}"` : `"${host}" (${address})`;
  const advice =
    reason === "private"
      ? "Set allowPrivate when this flow may call this machine and private networks."
      : "Such addresses are never called.";
  throw new Failure(`${where} is a ${reason} address. ${advice}`, {
    code: "http/address-refused",
    retry: false,
  });
}
