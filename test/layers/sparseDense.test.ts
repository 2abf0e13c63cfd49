import fc from "fast-check";
import {
  adagrad,
  adam,
  type Batch,
  chain,
  dense,
  type Entry,
  ftrl,
  isSparse,
  learner,
  type Matrix,
  matrix,
  meanSquaredError,
  model,
  type Precision,
  type Rule,
  random,
  relu,
  type Sparse,
  sgd,
  sparse,
  sparseOf,
  toRows,
  train,
} from "rxgrad";
import { from, lastValueFrom, toArray } from "rxjs";
import { describe, expect, it } from "vitest";

const inputs = 40;

const entriesOf = (seed: number, rows: number): Entry[][] => {
  const dice = random(seed);
  return Array.from({ length: rows }, () =>
    Array.from({ length: dice.below(6) }, (): Entry => [dice.below(inputs), dice.normal()]),
  );
};

const batchesOf = (count: number, rows: (i: number) => number): { x: Sparse; y: Matrix }[] =>
  Array.from({ length: count }, (_, i) => {
    const dice = random(1000 + i);
    return {
      x: sparse(entriesOf(i, rows(i)), inputs),
      y: matrix(Array.from({ length: rows(i) }, () => [dice.normal(), dice.normal()])),
    };
  });

const written = ({ x, y }: Batch): Batch => ({ x: matrix(toRows(x)), y });

const learn = async (
  isSparseLayer: boolean,
  batches: Batch[],
  rule: Rule,
  precision: Precision,
  outputs = 7,
) => {
  const m = model(
    chain(dense(inputs, outputs, { activation: "tanh", sparse: isSparseLayer }), dense(outputs, 2)),
    {
      seed: 5,
      precision,
    },
  );
  const steps = await lastValueFrom(
    from(batches).pipe(train(m, { loss: meanSquaredError(), optimizer: rule }), toArray()),
  );
  return { m, losses: steps.map(({ loss }) => loss), weights: Array.from(m.weights.values.data) };
};

const close = (a: readonly number[], b: readonly number[], tolerance: number): void => {
  expect(a).toHaveLength(b.length);
  a.forEach((v, i) => {
    expect(Math.abs(v - b[i]!)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(b[i]!)));
  });
};

describe("sparse()", () => {
  it("sparse() writes itself out when it is asked for its data, and adds what stands twice in a column", () => {
    const m = sparse(
      [
        [[1, 2]],
        [],
        [
          [0, 1],
          [2, 3],
          [0, 0.5],
        ],
      ],
      3,
    );
    expect(toRows(m)).toEqual([
      [0, 2, 0],
      [0, 0, 0],
      [1.5, 0, 3],
    ]);
    expect(isSparse(m)).toBe(true);
    expect(isSparse(matrix([[1]]))).toBe(false);
  });

  it("sparse() refuses a column outside of its width", () => {
    expect(() => sparse([[[3, 1]]], 3)).toThrow("sparse() expects columns from 0 to 2, got 3 in row 0");
    expect(() => sparse([[[0.5, 1]]], 3)).toThrow("sparse() expects columns from 0 to 2, got 0.5 in row 0");
  });

  it("sparseOf() keeps the numbers and drops the zeros", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom(0, 1, -2.5), { minLength: 4, maxLength: 4 }), { minLength: 1 }),
        (rows) => {
          const m = sparseOf(matrix(rows));
          expect(toRows(m)).toEqual(rows);
          expect(m.values.every((v) => v !== 0)).toBe(true);
        },
      ),
    );
  });
});

describe.each(["float64", "float32"] as const)("dense({ sparse: true }) in %s", (precision) => {
  const tolerance = precision === "float64" ? 1e-12 : 1e-5;

  it.each([1, 3, 4, 7, 32, 70])(
    "learns from entries what a dense layer learns from all columns, %i columns wide",
    async (outputs) => {
      const batches = batchesOf(20, (i) => 1 + (i % 5));
      const fast = await learn(true, batches, sgd(0.05, { lazy: true }), precision, outputs);
      const slow = await learn(false, batches.map(written), sgd(0.05), precision, outputs);
      close(fast.losses, slow.losses, tolerance);
      close(fast.weights, slow.weights, tolerance);
    },
  );

  it.each([
    ["sgd", () => sgd(0.05, { momentum: 0.9, lazy: true })],
    ["adagrad", () => adagrad(0.05, { lazy: true })],
    ["adam", () => adam(0.01, { lazy: true })],
    ["ftrl", () => ftrl({ alpha: 0.1, l1: 0.001, lazy: true })],
  ] as const)("changes only the rows that a batch names, with a lazy %s", async (_, rule) => {
    const m = model(dense(inputs, 3, { sparse: true }), { seed: 1, precision });
    const learning = learner(m, { loss: meanSquaredError(), optimizer: rule() });
    const W = m.parameters[0]!.value;
    for (const column of [3, 17, 3, 39]) {
      const before = toRows(W);
      learning.learnBatch({ x: sparse([[[column, 1.5]]], inputs), y: matrix([[1, -1, 2]]) });
      toRows(W).forEach((row, i) => {
        if (i === column) expect(row).not.toEqual(before[i]);
        else expect(row).toEqual(before[i]);
      });
    }
    learning.close();
  });

  it("answers entries and written-out columns alike, and takes either when it learns", async () => {
    const batches = batchesOf(6, () => 3);
    const one = await learn(true, batches, adagrad(0.1, { lazy: true }), precision);
    const other = await learn(true, batches.map(written), adagrad(0.1, { lazy: true }), precision);
    close(one.weights, other.weights, tolerance);
    close(
      Array.from(one.m.predict(batches[0]!.x).data),
      Array.from(one.m.predict(written(batches[0]!).x).data),
      tolerance,
    );
  });

  it("comes to layers that know nothing of entries as a matrix", () => {
    const m = model(chain(relu(), dense(inputs, 2)), { seed: 1, precision });
    const x = sparse(entriesOf(3, 4), inputs);
    expect(toRows(m.predict(x))).toEqual(toRows(m.predict(matrix(toRows(x)))));
  });

  it("refuses bad entries before anything changes", () => {
    const m = model(dense(inputs, 1, { sparse: true }), { seed: 1, precision });
    const learning = learner(m, { loss: meanSquaredError(), optimizer: sgd(0.1, { lazy: true }) });
    const before = Array.from(m.weights.values.data);
    const y = matrix([[1]]);
    const bad = sparse([[[3, Number.NaN]]], inputs);
    expect(() => learning.learnBatch({ x: bad, y })).toThrow(
      "learner() expects finite numbers in x, got NaN as entry 0",
    );
    const far = sparse([[[3, 1]]], inputs);
    far.indices[0] = 1e6;
    expect(() => learning.learnBatch({ x: far, y })).toThrow(
      "learner() expects columns from 0 to 39 in x, got 1000000 as entry 0",
    );
    expect(() => learning.learnBatch({ x: sparse([[]], 3), y })).toThrow(
      "learner() expects 40 columns in x, got 1 × 3",
    );
    expect(Array.from(m.weights.values.data)).toEqual(before);
  });
});
