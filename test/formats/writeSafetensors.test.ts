import { readFileSync } from "node:fs";
import { readSafetensors, writeSafetensors } from "rxgrad";
import { expect, it } from "vitest";

it.each(["gru", "sequential"])("writeSafetensors() writes the bytes of Python's safetensors: %s", (name) => {
  const file = readFileSync(new URL(`../fixtures/tensors/${name}.safetensors`, import.meta.url));
  const { tensors, metadata } = readSafetensors(file);
  const shuffled = [...tensors].reverse();
  expect(Buffer.from(writeSafetensors(shuffled, Object.fromEntries(metadata)))).toEqual(file);
});

it("writeSafetensors() begins every tensor at a multiple of its type's bytes", () => {
  const bytes = writeSafetensors([
    ["a", { shape: [3], data: Int8Array.of(1, 2, 3) }],
    ["b", { shape: [1], data: Float64Array.of(4) }],
    ["c", { shape: [1], data: Int16Array.of(5) }],
  ]);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  expect(header.b.data_offsets).toEqual([0, 8]);
  expect(header.c.data_offsets).toEqual([8, 10]);
  expect(header.a.data_offsets).toEqual([10, 13]);
});

it("writeSafetensors() writes a part of a larger array alone", () => {
  const whole = Float32Array.of(1, 2, 3, 4);
  const bytes = writeSafetensors([["a", { shape: [2], data: whole.subarray(1, 3) }]]);
  expect(readSafetensors(bytes).tensors.get("a")!.data).toEqual(Float32Array.of(2, 3));
});

const two = { shape: [2], data: Float32Array.of(1, 2) };
it.each([
  ["a shape that does not match", [["a", { ...two, shape: [3] }]], "3 numbers in a, got 2"],
  ["what is no typed array", [["a", { shape: [1], data: [1] }]], "a typed array as data of a"],
  [
    "a name twice",
    [
      ["a", two],
      ["a", two],
    ],
    '"a" twice',
  ],
  ["the name of the metadata", [["__metadata__", two]], "another name"],
])("writeSafetensors() refuses %s", (_, tensors, message) => {
  expect(() => writeSafetensors(tensors as never)).toThrow(message);
});
