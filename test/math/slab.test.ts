import { expect, test } from "vitest";
import { slab } from "../../src/math/slab.ts";

test("slab() gives arrays of zeros that share no number, of whatever length and precision", () => {
  const fresh = slab();
  const arrays = Array.from({ length: 900 }, (_, i) => fresh(i, i % 3 ? "float64" : "float32"));
  arrays.forEach((array, i) => {
    expect(array).toBeInstanceOf(i % 3 ? Float64Array : Float32Array);
    expect(array).toHaveLength(i);
    expect(array.every((v) => v === 0)).toBe(true);
    array.fill(i);
  });
  arrays.forEach((array, i) => {
    expect(array.every((v) => v === i)).toBe(true);
  });
});

test("slab() cuts many short arrays from one block, and no block is large", () => {
  const fresh = slab();
  const blocks = new Set(Array.from({ length: 200 }, () => fresh(10).buffer));
  expect(blocks.size).toBe(2);
  for (const { byteLength } of blocks) expect(byteLength).toBe(8192);
});
