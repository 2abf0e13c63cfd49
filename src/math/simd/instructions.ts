// Long because there is an instruction a line.
import { type Code, floatBytes, type Local, signed, unsigned } from "./assembler.ts";

// Named instructions. Operands are code that leaves a value on the stack; so is the result.

const op =
  (...bytes: number[]) =>
  (...operands: readonly Code[]): Code => [...operands, bytes];
const simd = (opcode: number): ((...operands: readonly Code[]) => Code) => op(0xfd, ...unsigned(opcode));

export const int = (n: number): Code => [0x41, signed(n)];
export const iadd: (a: Code, b: Code) => Code = op(0x6a);
export const isub: (a: Code, b: Code) => Code = op(0x6b);
export const imul: (a: Code, b: Code) => Code = op(0x6c);
export const iand: (a: Code, b: Code) => Code = op(0x71);
export const below: (a: Code, b: Code) => Code = op(0x49); // a < b, unsigned
export const differs: (a: Code, b: Code) => Code = op(0x47);

/** a + n, with n known now; nothing is emitted for 0. */
export const plus = (a: Code, n: number): Code => (n === 0 ? a : iadd(a, int(n)));

export const single = (x: number): Code => [0x43, floatBytes(x)];
export const fadd: (a: Code, b: Code) => Code = op(0x92);
export const fsub: (a: Code, b: Code) => Code = op(0x93);
export const fmul: (a: Code, b: Code) => Code = op(0x94);

export const fsqrt: (a: Code) => Code = op(0x91);
export const fequal: (a: Code, b: Code) => Code = op(0x5b);
/** The whole number nearest to zero, held within 32 bits; NaN gives 0. */
export const truncated: (x: Code) => Code = op(0xfc, 0x00);
export const floatOf: (n: Code) => Code = op(0xb2);
/** a if the condition is not 0, else b; both are computed. */
export const select: (a: Code, b: Code, condition: Code) => Code = op(0x1b);

// doubles, for sums and for what is computed once a step
export const double = (x: number): Code => [0x44, [...new Uint8Array(Float64Array.of(x).buffer)]];
export const dadd: (a: Code, b: Code) => Code = op(0xa0);
export const dsub: (a: Code, b: Code) => Code = op(0xa1);
export const ddiv: (a: Code, b: Code) => Code = op(0xa3);
export const toSingle: (x: Code) => Code = op(0xb6);
export const toDouble: (x: Code) => Code = op(0xbb);

const at = (offset: number): Code => [2, unsigned(offset)]; // aligned to 4 bytes

export const loadDouble = (ptr: Code, offset = 0): Code => [ptr, 0x2b, at(offset)];

export const loadSingle = (ptr: Code, offset = 0): Code => [ptr, 0x2a, at(offset)];
export const loadInt = (ptr: Code, offset = 0): Code => [ptr, 0x28, at(offset)];
export const storeSingle = (ptr: Code, x: Code, offset = 0): Code => [ptr, x, 0x38, at(offset)];

/** Four floats from memory; one float four times; one or two floats and zeros. */
export const load = (ptr: Code, offset = 0): Code => [ptr, 0xfd, 0x00, at(offset)];
export const loadSplat = (ptr: Code, offset = 0): Code => [ptr, 0xfd, 0x09, at(offset)];
export const loadOne = (ptr: Code, offset = 0): Code => [ptr, 0xfd, 0x5c, at(offset)];
export const loadTwo = (ptr: Code, offset = 0): Code => [ptr, 0xfd, 0x5d, at(offset)];

export const store = (ptr: Code, x: Code, offset = 0): Code => [ptr, x, 0xfd, 0x0b, at(offset)];

/** Writes the first `lanes` floats of x and not one more. */
export const storeLanes = (ptr: Code, x: Local, lanes: number, offset = 0): Code => {
  if (lanes >= 4) return store(ptr, x.get, offset);
  const one = (lane: number): Code => [ptr, x.get, 0xfd, 0x5a, at(offset + 4 * lane), lane];
  const two: Code = [ptr, x.get, 0xfd, 0x5b, at(offset), 0];
  return lanes === 1 ? one(0) : lanes === 2 ? two : [two, one(2)];
};

/** The first `lanes` floats from memory, and zeros; not one more is read into the value. */
export const loadLanes = (ptr: Code, lanes: number, offset = 0): Code => {
  if (lanes >= 4) return load(ptr, offset);
  if (lanes === 1) return loadOne(ptr, offset);
  if (lanes === 2) return loadTwo(ptr, offset);
  return [loadTwo(ptr, offset), loadSingle(ptr, offset + 8), 0xfd, 0x20, 2];
};

/** x in all four lanes, known now. */
export const four = (x: number): Code => [0xfd, 0x0c, [1, 2, 3, 4].map(() => floatBytes(x))];
/** Four floats that are known now. */
export const fourFloats = (x: readonly [number, number, number, number]): Code => [
  0xfd,
  0x0c,
  x.map((xi) => floatBytes(xi)),
];
/** The same 32 bits in all four lanes. */
export const fourInts = (n: number): Code => {
  const bytes = [...new Uint8Array(Int32Array.of(n).buffer)];
  return [0xfd, 0x0c, bytes, bytes, bytes, bytes];
};
export const splat: (x: Code) => Code = simd(0x13);
export const lane = (x: Code, i: number): Code => [x, 0xfd, 0x1f, i];

export const add: (a: Code, b: Code) => Code = simd(0xe4);
export const sub: (a: Code, b: Code) => Code = simd(0xe5);
export const mul: (a: Code, b: Code) => Code = simd(0xe6);
export const div: (a: Code, b: Code) => Code = simd(0xe7);
export const min: (a: Code, b: Code) => Code = simd(0xe8);
export const max: (a: Code, b: Code) => Code = simd(0xe9);
/** b < a ? b : a, and a < b ? b : a: one instruction of the processor, where min and max are eight. NaN in a stays. */
export const lesser: (a: Code, b: Code) => Code = simd(0xea);
export const greater: (a: Code, b: Code) => Code = simd(0xeb);
export const abs: (a: Code) => Code = simd(0xe0);
export const neg: (a: Code) => Code = simd(0xe1);
export const sqrt: (a: Code) => Code = simd(0xe3);
export const nearest: (a: Code) => Code = simd(0x6a);
export const lessThan: (a: Code, b: Code) => Code = simd(0x43);
export const greaterThan: (a: Code, b: Code) => Code = simd(0x44);
export const equal: (a: Code, b: Code) => Code = simd(0x41);
export const notEqual: (a: Code, b: Code) => Code = simd(0x42);
export const atLeast: (a: Code, b: Code) => Code = simd(0x46); // a ≥ b
export const and: (a: Code, b: Code) => Code = simd(0x4e);
export const or: (a: Code, b: Code) => Code = simd(0x50);
export const andNot: (a: Code, b: Code) => Code = simd(0x4f); // a ∧ ¬b
/** Where the mask has ones a, elsewhere b. */
export const choose: (a: Code, b: Code, mask: Code) => Code = simd(0x52);
export const anyTrue: (a: Code) => Code = simd(0x53);
/** 1 if no lane is 0. */
export const allTrue: (a: Code) => Code = simd(0xa3);
export const toInt: (a: Code) => Code = simd(0xf8);
export const toFloat: (a: Code) => Code = simd(0xfa);
export const belowInts: (a: Code, b: Code) => Code = simd(0x39); // a < b, signed
export const maxInts: (a: Code, b: Code) => Code = simd(0xb8); // signed
export const addInts: (a: Code, b: Code) => Code = simd(0xae);
export const subInts: (a: Code, b: Code) => Code = simd(0xb1);
export const shiftLeft = (a: Code, bits: number): Code => [a, int(bits), 0xfd, unsigned(0xab)];
export const shiftRight = (a: Code, bits: number): Code => [a, int(bits), 0xfd, unsigned(0xad)];

/** ¬a */
export const not: (a: Code) => Code = simd(0x4d);

/** Four lanes picked from eight: 0 … 3 of a, 4 … 7 of b. */
export const shuffle = (a: Code, b: Code, lanes: readonly [number, number, number, number]): Code => [
  a,
  b,
  0xfd,
  0x0d,
  lanes.flatMap((l) => [4 * l, 4 * l + 1, 4 * l + 2, 4 * l + 3]),
];

/** a·b + c, in one rounding where relaxed SIMD is allowed, in two otherwise. */
export type MultiplyAdd = (a: Code, b: Code, c: Code) => Code;
export const relaxedMadd: MultiplyAdd = simd(0x105);
export const plainMadd: MultiplyAdd = (a, b, c) => add(mul(a, b), c);

/** The sum of the four lanes, as one float. */
export const sumLanes = (x: Local): Code => {
  const l = (i: number) => lane(x.get, i);
  return fadd(fadd(l(0), l(1)), fadd(l(2), l(3)));
};

/** The first two floats as doubles; what is done with two doubles. */
export const twoDoubles: (a: Code) => Code = simd(0x5f);
export const addDoubles: (a: Code, b: Code) => Code = simd(0xf0);
export const divDoubles: (a: Code, b: Code) => Code = simd(0xf3);
export const splatDouble: (x: Code) => Code = simd(0x14);
/** Two doubles as floats, and two zeros. */
export const twoSingles: (a: Code) => Code = simd(0x5e);
export const subDoubles: (a: Code, b: Code) => Code = simd(0xf1);
export const mulDoubles: (a: Code, b: Code) => Code = simd(0xf2);
export const equalDoubles: (a: Code, b: Code) => Code = simd(0x47);
export const greaterDoubles: (a: Code, b: Code) => Code = simd(0x4a); // a > b
export const sumDoubles = (x: Local): Code => dadd([x.get, 0xfd, 0x21, 0], [x.get, 0xfd, 0x21, 1]);

/** Runs the body with i = from, from + step, … while i < to (unsigned; they may be unknown until it runs). */
export const loop = (i: Local, from: Code, to: Code, step: number, body: Code): Code => [
  i.set(from),
  [0x02, 0x40, [below(i.get, to), 0x45, 0x0d, 0]], // block: skip when there is nothing to do
  [0x03, 0x40, body, below(i.tee(iadd(i.get, int(step))), to), 0x0d, 0, 0x0b],
  0x0b,
];

/** Runs the body if the condition is not 0. */
export const when = (condition: Code, body: Code, otherwise: Code = []): Code => [
  condition,
  0x04,
  0x40,
  body,
  otherwise.length ? [0x05, otherwise] : [],
  0x0b,
];

/** Ends the function with this answer. */
export const answer = (x: Code): Code => [x, 0x0f];
export const doubleOf: (n: Code) => Code = op(0xb7);
export const orInts: (a: Code, b: Code) => Code = op(0x72);
export const isZero: (a: Code) => Code = op(0x45);

/** Sets `length` bytes to zero. */
export const clear = (ptr: Code, length: Code): Code => [ptr, int(0), length, 0xfc, 0x0b, 0x00];
/** Copies `length` bytes. */
export const copyBytes = (to: Code, from: Code, length: Code): Code => [
  to,
  from,
  length,
  0xfc,
  0x0a,
  0x00,
  0x00,
];
