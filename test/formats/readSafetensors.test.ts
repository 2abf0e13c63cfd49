import { readFileSync } from "node:fs";
import { readSafetensors, writeSafetensors } from "rxgrad";
import { expect, it } from "vitest";
import { fuzzReading } from "../nightly/fuzzing.mjs";

const golden = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/tensors/${name}.safetensors`, import.meta.url));

/** A file from its parts, whatever they say. */
const fileOf = (header: string, data = new Uint8Array(0), length = Buffer.byteLength(header)): Uint8Array => {
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(length));
  return Buffer.concat([start, Buffer.from(header), data]);
};

it("readSafetensors() reads every type that Python's safetensors writes", () => {
  const { tensors, metadata } = readSafetensors(golden("numpy"));
  expect([...metadata]).toEqual([["format", "np"]]);
  const read = (name: string) => {
    const { dtype, shape, data } = tensors.get(name)!;
    return [dtype, shape, data];
  };
  const nan = Number.NaN;
  const infinity = Number.POSITIVE_INFINITY;
  expect(read("f64")).toEqual(["F64", [2, 3], Float64Array.of(0.1, -0, infinity, nan, 5e-324, -1.5)]);
  expect(read("f32")).toEqual([
    "F32",
    [1, 2, 3],
    Float32Array.from([0, 1, 2, 3, 4, 5], (i) => Math.fround(i) / 7),
  ]);
  const sixth = 2 ** -24; // the smallest half, as which 6e-8 is stored
  expect(read("f16")).toEqual(["F16", [6], Float32Array.of(1, -2.5, 65504, sixth, infinity, -0)]);
  expect(read("i64")).toEqual(["I64", [3], BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 7n)]);
  expect(read("u64")).toEqual(["U64", [1], BigUint64Array.of(2n ** 64n - 1n)]);
  expect(read("i32")).toEqual(["I32", [2, 1], Int32Array.of(-5, 2 ** 31 - 1)]);
  expect(read("u32")).toEqual(["U32", [1], Uint32Array.of(2 ** 32 - 1)]);
  expect(read("i16")).toEqual(["I16", [1], Int16Array.of(-300)]);
  expect(read("u16")).toEqual(["U16", [1], Uint16Array.of(65535)]);
  expect(read("i8")).toEqual(["I8", [3], Int8Array.of(-128, 127, 3)]);
  expect(read("u8")).toEqual(["U8", [2], Uint8Array.of(0, 255)]);
  expect(read("bool")).toEqual(["BOOL", [3], Uint8Array.of(1, 0, 1)]);
  expect(read("scalar")).toEqual(["F64", [], Float64Array.of(3.25)]);
  expect(read("none")).toEqual(["F32", [0, 3], new Float32Array(0)]);
  expect(read("__proto__")).toEqual(["F64", [1], Float64Array.of(2)]);
  expect(read("größe")).toEqual(["F64", [1], Float64Array.of(4)]);
});

it("readSafetensors() widens bfloat16 to float32", () => {
  const [a, b, c, d] = readSafetensors(golden("bfloat16")).tensors.get("bf16")!.data;
  expect([a, b, d]).toEqual([1, -3.140625, 0]);
  expect(Number(c) / 1e30).toBeCloseTo(1, 2);
});

it("readSafetensors() reads bytes that begin anywhere in memory, and gives tensors memory of their own", () => {
  const file = golden("sequential");
  const shifted = Buffer.concat([Buffer.alloc(3), file]).subarray(3);
  const expected = readSafetensors(file).tensors;
  const { tensors } = readSafetensors(shifted);
  shifted.fill(0xff);
  expect(tensors).toEqual(expected);
});

const tensor = (fields: string): string => `{"a":{${fields}}}`;
const eight = new Uint8Array(8);
const one = '"dtype":"F32","shape":[2],"data_offsets":[0,8]';
it.each([
  ["less than 8 bytes", new Uint8Array(7), "a file of at least 8 bytes, got 7"],
  ["a header that is cut off", fileOf("{}", undefined, 3), "the 3 bytes of its header, got 2"],
  ["a header of 2⁶⁴ − 1 bytes", Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255), "a header of at most"],
  ["a header that is a list", fileOf("[]"), 'a header that begins with "{"'],
  ["a header that is no UTF-8", fileOf("{\xff").fill(0xff, 9), "a header in UTF-8"],
  ["a header that is no JSON", fileOf("{a}"), "JSON without duplicate keys as header"],
  ["a name twice", fileOf(`{"a":{${one}},"\\u0061":{${one}}}`, eight), 'got "a" twice'],
  ["a field twice", fileOf(tensor(`"dtype":"I8",${one}`), eight), 'got "dtype" twice'],
  ["deep nesting", fileOf(`{"a":${"[".repeat(9999)}`), "got more than 4 levels"],
  ["a field too many", fileOf(tensor(`${one},"path":"/etc"`), eight), "got path"],
  ["an unknown type", fileOf(tensor(one.replace("F32", "F8")), eight), 'as dtype of "a"'],
  ["a negative size", fileOf(tensor(one.replace("[2]", "[-2]")), eight), 'as shape of "a"'],
  ["a size that is no whole number", fileOf(tensor(one.replace("[2]", "[2.5]")), eight), "as shape"],
  [
    "a shape that overflows",
    fileOf(tensor(one.replace("[2]", "[4294967296,4294967296]")), eight),
    "bytes that its shape",
  ],
  [
    "a shape larger than the file",
    fileOf(tensor(one.replace("[2]", "[1125899906842624]")), eight),
    "bytes that its shape",
  ],
  ["bytes that its shape does not take", fileOf(tensor(one.replace("[2]", "[1]")), eight), "the 4 bytes"],
  ["an end before the beginning", fileOf(tensor(one.replace("[0,8]", "[8,0]")), eight), "the 8 bytes"],
  ["a gap", fileOf(tensor(one.replace("[0,8]", "[4,12]")), new Uint8Array(12)), "to begin at byte 0, got 4"],
  ["bytes at the end", fileOf(tensor(one), new Uint8Array(9)), "8 bytes of data, got 9"],
  [
    "an overlap",
    fileOf(`{"a":{${one}},"b":{${one.replace("[0,8]", "[4,12]")}}}`, new Uint8Array(12)),
    "to begin at byte 8",
  ],
  ["the same bytes twice", fileOf(`{"a":{${one}},"b":{${one}}}`, eight), "to begin at byte 8"],
  ["metadata that is no text", fileOf('{"__metadata__":{"a":1}}'), "strings in __metadata__"],
])("readSafetensors() refuses %s", (_, bytes, message) => {
  expect(() => readSafetensors(bytes)).toThrow(message);
});

it("readSafetensors() keeps to its limits", () => {
  const file = golden("numpy");
  expect(() => readSafetensors(file, { maxBytes: file.length - 1 })).toThrow("at most");
  expect(() => readSafetensors(file, { maxHeader: 64 })).toThrow("a header of at most 64 bytes");
  expect(() => readSafetensors(file, { maxTensors: 16 })).toThrow("at most 16 tensors");
  expect(readSafetensors(file, { maxBytes: file.length, maxTensors: 17 }).tensors.size).toBe(17);
  expect(() => readSafetensors(file, { maxByte: 1 } as never)).toThrow("options named");
});

it("readSafetensors() refuses mutated files in words, or reads no more than they hold: 20,000", () => {
  const refused = fuzzReading(["numpy", "bfloat16", "sequential"].map(golden), 20_000, 1);
  expect(refused).toBeGreaterThan(5000);
  expect(refused).toBeLessThan(20_000);
});

it("readSafetensors() reads back what writeSafetensors() has written", () => {
  const tensors = new Map([
    ["b", { shape: [2, 2], data: Float32Array.of(1, 2, 3, Number.NaN) }],
    ["a", { shape: [], data: Uint8Array.of(7) }],
  ]);
  const read = readSafetensors(writeSafetensors(tensors, { said: 'a "quoted" \u2028 text' }));
  expect(read.tensors.get("b")).toEqual({ dtype: "F32", ...tensors.get("b") });
  expect(read.tensors.get("a")).toEqual({ dtype: "U8", ...tensors.get("a") });
  expect([...read.metadata]).toEqual([["said", 'a "quoted" \u2028 text']]);
});
