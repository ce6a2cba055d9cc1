// MessagePack as both sides of the pipe speak it: objects as records, so that Maps stay Maps; no code generation.

/** The part of msgpackr that is used. */
export interface Packer {
  pack(value: unknown): Uint8Array;
  unpack(bytes: Uint8Array): unknown;
}

export interface PackerLibrary {
  readonly Packr: new (options: Record<string, unknown>) => Packer;
}

/** Keeps undefined, NaN, infinities, BigInt, Date, Map, Set, bytes, typed arrays, errors and regular expressions. */
export function makePacker(library: PackerLibrary): Packer {
  return new library.Packr({
    useRecords: true,
    mapsAsObjects: false,
    moreTypes: true,
    structuredClone: false,
    useBigIntExtension: true,
    int64AsType: "bigint",
    copyBuffers: true,
  });
}
