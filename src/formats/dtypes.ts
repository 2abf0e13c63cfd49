import type { TensorData } from "./tensor.ts";

/** A type of number in a file. */
export interface Dtype {
  /** Bytes of one number. */
  readonly size: number;
  /** The numbers in these bytes, in memory of their own. */
  read(bytes: Uint8Array): TensorData;
}

/** A copy, so that numbers begin at a multiple of 8; not by `slice`, with which a Buffer of Node copies nothing. */
const memoryOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

const widened = (bytes: Uint8Array, widen: (bits: number) => number): Float32Array =>
  Float32Array.from(new Uint16Array(memoryOf(bytes)), widen);

/** An IEEE 754 half: 1 bit of sign, 5 of exponent, 10 of fraction. */
const halfOf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

/** The upper half of a float32. */
const floatsOfBf16 = (bytes: Uint8Array): Float32Array =>
  new Float32Array(Uint32Array.from(new Uint16Array(memoryOf(bytes)), (bits) => bits << 16).buffer);

/** The types that are understood, in the order in which Python's safetensors stores them, the last ones first. */
export const dtypes: ReadonlyMap<string, Dtype> = new Map(
  Object.entries<Dtype>({
    BOOL: { size: 1, read: (b) => new Uint8Array(memoryOf(b)) },
    U8: { size: 1, read: (b) => new Uint8Array(memoryOf(b)) },
    I8: { size: 1, read: (b) => new Int8Array(memoryOf(b)) },
    I16: { size: 2, read: (b) => new Int16Array(memoryOf(b)) },
    U16: { size: 2, read: (b) => new Uint16Array(memoryOf(b)) },
    F16: { size: 2, read: (b) => widened(b, halfOf) },
    BF16: { size: 2, read: floatsOfBf16 },
    I32: { size: 4, read: (b) => new Int32Array(memoryOf(b)) },
    U32: { size: 4, read: (b) => new Uint32Array(memoryOf(b)) },
    F32: { size: 4, read: (b) => new Float32Array(memoryOf(b)) },
    F64: { size: 8, read: (b) => new Float64Array(memoryOf(b)) },
    I64: { size: 8, read: (b) => new BigInt64Array(memoryOf(b)) },
    U64: { size: 8, read: (b) => new BigUint64Array(memoryOf(b)) },
  }),
);

/** The type in which an array is stored; undefined for one that is not. */
export const dtypeOf = (data: unknown): string | undefined =>
  ArrayBuffer.isView(data) ? byClass[data.constructor.name] : undefined;

const byClass: Readonly<Record<string, string>> = {
  Uint8Array: "U8",
  Int8Array: "I8",
  Int16Array: "I16",
  Uint16Array: "U16",
  Int32Array: "I32",
  Uint32Array: "U32",
  Float32Array: "F32",
  Float64Array: "F64",
  BigInt64Array: "I64",
  BigUint64Array: "U64",
};
