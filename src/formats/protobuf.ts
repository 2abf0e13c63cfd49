/** A field of a message as it is written: its number and type, then its value. */
export type Field = Uint8Array;

/**
 * Writes the fields of a protocol buffer (Google, 2008), which is all that an ONNX file is made of: whole numbers in groups of seven
 * bits, the lowest first, floats in four bytes, and texts, bytes and messages behind their length.
 */
export const protobuf: {
  readonly int: (field: number, value: number) => Field;
  readonly float: (field: number, value: number) => Field;
  readonly text: (field: number, value: string) => Field;
  readonly bytes: (field: number, value: Uint8Array) => Field;
  readonly message: (field: number, fields: readonly Field[]) => Field;
} = {
  int: (field, value) => Uint8Array.from([...varint(8 * field), ...varint(value)]),
  float: (field, value) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return Uint8Array.from([...varint(8 * field + 5), ...bytes]);
  },
  text: (field, value) => behindLength(field, new TextEncoder().encode(value)),
  bytes: (field, value) => behindLength(field, value),
  message: (field, fields) => behindLength(field, joined(fields)),
};

/** One array of all the bytes. */
export const joined = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const behindLength = (field: number, value: Uint8Array): Field =>
  joined([Uint8Array.from([...varint(8 * field + 2), ...varint(value.length)]), value]);

/** A whole number; negative ones as 64 bits, in two's complement. */
const varint = (value: number): readonly number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};
