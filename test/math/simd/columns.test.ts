import fc from "fast-check";
import { expect, test } from "vitest";
import { meanOf, moments, see } from "../../../src/folds/moments.ts";
import { standardizeRow } from "../../../src/folds/standardizeRow.ts";
import { random } from "../../../src/math/random.ts";
import { columnKernels } from "../../../src/math/simd/columnKernels.ts";

const kernels = columnKernels()!;
const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-45, 3e38, -3e38];

/** Batches in which some columns are constant, some never finite, and some numbers are at the ends of what there is. */
const batchOf = (rows: number, cols: number, seed: number): Float32Array => {
  const dice = random(seed);
  const kinds = Array.from({ length: cols }, () => dice.uniform());
  return Float32Array.from({ length: rows * cols }, (_, k) => {
    const kind = kinds[k % cols]!;
    const any = odd[Math.floor(odd.length * dice.uniform())]!;
    if (kind < 0.1) return 7;
    if (kind < 0.2) return odd[Math.floor(3 * dice.uniform())]!;
    return kind < 0.4 && dice.uniform() < 0.2 ? any : 1000 * kind + 2 * dice.normal();
  });
};

/** Learns both batches and transforms the second, by the loops and by the kernels. */
const compare = (rows: number, cols: number, seed: number): void => {
  const [expected, got] = [0, 1].map(() => Array.from({ length: cols }, moments)) as [
    ReturnType<typeof moments>[],
    ReturnType<typeof moments>[],
  ];
  for (const data of [batchOf(rows, cols, seed), batchOf(rows + 1, cols, seed + 1)]) {
    data.forEach((x, k) => {
      if (Number.isFinite(x)) see(expected[k % cols]!, x);
    });
    const before = data.slice();
    kernels.see(got, data);
    expect(data).toEqual(before);
    expect(got).toEqual(expected);

    const z = new Float32Array(data.length);
    for (let k = 0; k < data.length; k += cols)
      standardizeRow(expected, data.subarray(k, k + cols), z.subarray(k, k + cols));
    const out = new Float32Array(data.length).fill(99);
    kernels.standardize(
      expected.map(meanOf),
      expected.map(({ weight, m2 }) => Math.sqrt(m2 / weight)),
      data,
      out,
    );
    expect(out).toEqual(z); // to the bit: toEqual tells 0 from −0, and only the payload of NaN is left open
  }
};

test("columnKernels() see and standardize as the loops in TypeScript do, to the bit, in all shapes", () => {
  const shape = [fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 70 }), fc.integer()] as const;
  fc.assert(
    fc.property(...shape, (rows, cols, seed) => compare(rows, cols, seed)),
    { numRuns: 200 },
  );
});

for (const [rows, cols] of [
  [32, 784],
  [12, 1021],
  [3, 8190],
  [2, 8195],
  [4000, 5],
] as const)
  test(`columnKernels() do ${rows} × ${cols} in pieces, to the same bits`, () => compare(rows, cols, rows));
