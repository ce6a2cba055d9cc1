// NumPy arrays as LiteBoty writes them: a JSON header {"shape": [..], "dtype": ".."} and the bytes in C order. Here
// they are plain objects { shape, dtype, data }; a payload that is exactly that is written as NUMPY again.

export interface NumpyArray {
  readonly shape: readonly number[];
  /** As numpy names it: `float32`, `<i8`, `uint8` … */
  readonly dtype: string;
  /** C order, as many bytes as shape and dtype say. */
  readonly data: Uint8Array;
}

const NAMED_SIZES: Readonly<Record<string, number>> = { bool: 1, int: 8, float: 8, complex: 16 };

/** Bytes of one item, or undefined for a dtype that is not fixed-size numbers. */
export function itemSize(dtype: string): number | undefined {
  const short = /^[<>=|]?[biufcSV](\d{1,3})$/.exec(dtype);
  if (short) return Number(short[1]);
  const long = /^(?:u?int|float|complex)(8|16|32|64|128|256)$/.exec(dtype);
  if (long) return Number(long[1]) / 8;
  return Object.hasOwn(NAMED_SIZES, dtype) ? NAMED_SIZES[dtype] : undefined;
}

/** True for an object with exactly these three fields whose bytes are as many as shape and dtype say. */
export function isNumpyArray(value: unknown): value is NumpyArray {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 3) return false;
  const { shape, dtype, data } = value as Record<string, unknown>;
  if (!Array.isArray(shape) || typeof dtype !== "string" || !(data instanceof Uint8Array)) return false;
  const size = itemSize(dtype);
  if (size === undefined || !shape.every((length) => Number.isSafeInteger(length) && length >= 0))
    return false;
  return data.byteLength === shape.reduce((product, length) => product * length, size);
}

export function encodeNumpy(array: NumpyArray): Uint8Array {
  const shape = array.shape.join(", ");
  return Buffer.concat([Buffer.from(`{"shape": [${shape}], "dtype": "${array.dtype}"}`), array.data]);
}

/** Throws an Error with the reason when the bytes are not a header and an array. */
export function decodeNumpy(bytes: Buffer): NumpyArray {
  const end = bytes.indexOf("}") + 1;
  if (end === 0) throw new Error("it has no header");
  const header: unknown = JSON.parse(bytes.toString("utf8", 0, end));
  const { shape, dtype } = (header ?? {}) as Record<string, unknown>;
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new Error("its header has no shape");
  }
  if (typeof dtype !== "string") throw new Error("its header has no dtype");
  return { shape, dtype, data: Buffer.from(bytes.subarray(end)) };
}
