import { expect, test } from "vitest";
import { isSparse, sparse } from "../../src/math/sparse.ts";
import { collector } from "../../src/streams/collector.ts";

const row = (...columns: number[]) => sparse([columns.map((column) => [column, column + 0.5] as const)], 9);

test("collector() stacks sparse rows, empty ones too, as copies", () => {
  const samples = collector("c()", 4);
  const reused = row(3, 1);
  samples.push({ x: reused, y: 1 }, 0);
  reused.values.fill(0);
  samples.push({ x: row(), y: 2, weight: 3 }, 1);
  samples.push({ x: row(8), y: 4 }, 2);
  const { x, y, weight } = samples.take();
  if (!isSparse(x)) throw new Error("not sparse");
  expect([x.rows, x.cols]).toEqual([3, 9]);
  expect([...x.starts]).toEqual([0, 2, 2, 3]);
  expect([...x.indices]).toEqual([3, 1, 8]);
  expect([...x.values]).toEqual([3.5, 1.5, 8.5]);
  expect([[...y.data], [...weight!.data]]).toEqual([
    [1, 2, 4],
    [1, 3, 1],
  ]);
});

test("collector() starts anew after a batch of sparse rows", () => {
  const samples = collector("c()", 2);
  samples.push({ x: row(1), y: 1 }, 0);
  samples.take();
  expect(samples.push({ x: row(2), y: 1 }, 1)).toBe(1);
  const { x } = samples.take();
  expect(isSparse(x) && [...x.indices]).toEqual([2]);
});

test("collector() refuses sparse rows of another width, several at once, and dense ones among them", () => {
  const samples = collector("c()", 8);
  samples.push({ x: row(1), y: 1 }, 0);
  expect(() => samples.push({ x: sparse([[]], 8), y: 1 }, 1)).toThrow(
    "c() expects x of length 9, as before, got 8 in sample 1",
  );
  expect(() => samples.push({ x: sparse([[], []], 9), y: 1 }, 2)).toThrow(
    "one row as a sparse x, got 2 in sample 2",
  );
  expect(() => samples.push({ x: new Float64Array(9), y: 1 }, 3)).toThrow(
    "c() expects x all sparse or all dense",
  );
});
