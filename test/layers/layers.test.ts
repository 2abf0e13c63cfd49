import {
  add,
  batchNorm,
  columns,
  concatenate,
  constant,
  dense,
  dropout,
  embedding,
  isInvalidInput,
  layer,
  layerNorm,
  type Matrix,
  mapGradient,
  matrix,
  model,
  multiply,
  named,
  random,
  relu,
  toRows,
  zeros,
} from "rxgrad";
import { expect, it } from "vitest";
import type { Width } from "../../src/layers/layer.ts";
import { benchOf } from "../laws/layer.ts";

const ones = (rows: number, cols: number): Matrix => {
  const m = zeros(rows, cols);
  m.data.fill(1);
  return m;
};

it.each<[{ widths(inputs: readonly Width[]): readonly Width[] }, readonly Width[], string]>([
  [dense(2, 8), [3], "dense(2, 8) expects 2 columns, got 3"],
  [
    dense(2, 8, { activation: "relu", bias: false }),
    [1],
    "dense(2, 8, { activation: relu(), bias: false }) expects 2 columns, got 1",
  ],
  [layerNorm(4), [3], "layerNorm(4) expects 4 columns, got 3"],
  [batchNorm(4), [5], "batchNorm(4) expects 4 columns, got 5"],
  [columns(1, 3), [2], "columns(1, 3) expects at least 3 columns, got 2"],
  [add(), [2, 3], "add() expects inputs of one width, got 2 and 3"],
  [add(), [2, undefined, 3], "add() expects inputs of one width, got 2 and ? and 3"],
  [multiply(), [1, 2, 1], "multiply() expects inputs of one width, got 1 and 2 and 1"],
])("Layer.widths() refuses what does not fit: %#", (one, widths, message) => {
  expect(() => one.widths(widths)).toThrow(expect.objectContaining({ message }));
});

it.each([
  [() => dense(0, 2), "dense(0, 2) expects a whole number of at least 1 as inputs, got 0"],
  [() => dense(2, 1.5), "dense(2, 1.5) expects a whole number of at least 1 as outputs, got 1.5"],
  [() => dense(2, Number.NaN), "dense(2, NaN) expects a whole number of at least 1 as outputs, got NaN"],
  [() => embedding(0, 1), "embedding(0, 1) expects a whole number of at least 1 as size, got 0"],
  [() => embedding(1, -1), "embedding(1, -1) expects a whole number of at least 1 as width, got -1"],
  [() => dropout(1), "dropout(1) expects a number from 0 to 0.9999999999999998 as p, got 1"],
  [() => dropout(-0.1), "dropout(-0.1) expects a number from 0 to 0.9999999999999998 as p, got -0.1"],
  [() => layerNorm(0), "layerNorm(0) expects a whole number of at least 1 as width, got 0"],
  [
    () => layerNorm(2, { epsilon: -1 }),
    "layerNorm(2, { epsilon: -1 }) expects a number of at least 0 as epsilon, got -1",
  ],
  [
    () => batchNorm(2, { momentum: 2 }),
    "batchNorm(2, { momentum: 2 }) expects a number from 0 to 1 as momentum, got 2",
  ],
  [() => columns(2, 2), "columns(2, 2) expects a whole number of at least 3 as to, got 2"],
  [() => columns(-1, 2), "columns(-1, 2) expects a whole number of at least 0 as from, got -1"],
])("Layer refuses options that make no sense: %#", (make, message) => {
  expect(make).toThrow(expect.objectContaining({ message }));
});

it("embedding() has a gradient in the rows that the batch names, and nowhere else", () => {
  const { own, pass } = benchOf(embedding(5, 2), 2, [2]);
  const W = own.parameters.W!;
  W.value.data.set([0, 1, 10, 11, 20, 21, 30, 31, 40, 41]);
  const y = pass.forward(
    matrix([
      [1, 3],
      [3, 3],
    ]),
    "train",
  ) as Matrix;
  expect(toRows(y)).toEqual([
    [10, 11, 30, 31],
    [30, 31, 30, 31],
  ]);
  pass.backward(
    matrix([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]),
    false,
  );
  expect(toRows(W.grad)).toEqual([
    [0, 0],
    [1, 2],
    [0, 0],
    [15, 18],
    [0, 0],
  ]);
  pass.forward(
    matrix([
      [0, 0],
      [4, 0],
    ]),
    "train",
  );
  pass.backward(ones(2, 4), false);
  expect(toRows(W.grad)).toEqual([
    [3, 3],
    [0, 0],
    [0, 0],
    [0, 0],
    [1, 1],
  ]);
  pass.backward(ones(2, 4), true);
  expect(toRows(W.grad)).toEqual([
    [6, 6],
    [0, 0],
    [0, 0],
    [0, 0],
    [2, 2],
  ]);
});

it("embedding() tells the rules which rows a batch touched", () => {
  const m = model(embedding(6, 2), { precision: "float64" }); // its matrices are plain ones
  const touched = () => {
    const { rows, count } = m.weights.gradients.segments[0]!.touched!;
    return [...rows.subarray(0, count)];
  };
  const { pass } = (() => {
    const own = m.weights.of(m.nodes[0]!.layer);
    const layerAtWork = embedding(6, 2).plan({
      rows: 1,
      widths: [3],
      kernels: m.weights.kernels,
      parameters: own.parameters,
      buffers: {},
      random: own.random,
      wantsInputGrad: false,
      afterUpdate: () => {},
      zeros: (r, c) => zeros(r, c),
    });
    return { pass: layerAtWork };
  })();
  pass.forward(matrix([[4, 1, 4]]), "train");
  pass.backward(ones(1, 6), false);
  expect(touched()).toEqual([4, 1]);
  pass.forward(matrix([[0, 0, 0]]), "train");
  pass.backward(ones(1, 6), false);
  expect(touched()).toEqual([0]);
});

it.each([
  [5, "5 in row 1, column 0"],
  [-1, "-1 in row 1, column 0"],
  [1.5, "1.5 in row 1, column 0"],
])("embedding() refuses an index out of range, naming row and column: %d", (index, got) => {
  expect(() =>
    model(embedding(5, 2)).predict(
      matrix([
        [0, 1],
        [index, 9],
      ]),
    ),
  ).toThrow(`embedding(5, 2) expects whole numbers from 0 to 4, got ${got}`);
});

it("dropout() keeps each element with probability 1 − p and scales it by 1 / (1 − p)", () => {
  const { pass } = benchOf(dropout(0.3), 100, [200], { seed: 3 });
  const y = pass.forward(ones(100, 200), "train") as Matrix;
  const kept = y.data.filter((v) => v !== 0);
  expect(new Set(kept)).toEqual(new Set([1 / 0.7]));
  expect(kept.length / 20_000).toBeCloseTo(0.7, 1.5);
  expect(Math.abs(kept.length - 14_000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.3 * 0.7)); // four deviations
  const dx = pass.backward(ones(100, 200), false) as Matrix;
  expect(dx.data).toEqual(y.data); // the same mask on the way back
});

it("dropout() draws the same masks from the same seed, others from another, and a new one each batch", () => {
  const masks = (seed: number) => {
    const { pass } = benchOf(dropout(0.5), 4, [8], { seed });
    return [1, 2].map(() => [...(pass.forward(ones(4, 8), "train") as Matrix).data]);
  };
  expect(masks(1)).toEqual(masks(1));
  expect(masks(1)).not.toEqual(masks(2));
  expect(masks(1)[0]).not.toEqual(masks(1)[1]);
});

it("dropout() is the identity at inference", () => {
  const x = matrix([[1, -2, 3]]);
  const { pass } = benchOf(dropout(0.9), 1, [3]);
  expect(pass.forward(x, "infer")).toBe(x);
});

it("dropout() of p = 0 keeps everything", () => {
  const { pass } = benchOf(dropout(0), 2, [50]);
  expect((pass.forward(ones(2, 50), "train") as Matrix).data).toEqual(ones(2, 50).data);
});

it("batchNorm() keeps running statistics, of the unbiased variance, after the update alone", () => {
  const { own, pass, commits } = benchOf(batchNorm(1, { momentum: 0.25 }), 4, [1]);
  pass.forward(matrix([[1], [2], [3], [6]]), "train");
  pass.backward(ones(4, 1), false);
  expect([own.buffers.mean!.data[0], own.buffers.variance!.data[0]]).toEqual([0, 1]);
  expect(commits).toHaveLength(1);
  commits[0]!();
  expect(own.buffers.mean!.data[0]).toBe(0.75); // 0 + ¼·(3 − 0)
  expect(own.buffers.variance!.data[0]).toBeCloseTo(1 + 0.25 * (14 / 3 - 1), 14);
});

it("batchNorm() leaves nothing to do after a batch in infer", () => {
  const { pass, commits } = benchOf(batchNorm(2), 3, [2]);
  pass.forward(ones(3, 2), "infer");
  pass.backward(ones(3, 2), false);
  expect(commits).toEqual([]);
});

it("batchNorm() refuses to learn from one row, and from numbers whose variance overflows", () => {
  const one = benchOf(batchNorm(2), 1, [2]);
  expect(() => one.pass.forward(ones(1, 2), "train")).toThrow(
    "batchNorm(2) expects at least 2 rows in training (layerNorm suits batches of one), got 1",
  );
  expect((one.pass.forward(ones(1, 2), "infer") as Matrix).rows).toBe(1);
  const two = benchOf(batchNorm(1), 2, [1]);
  expect(() => two.pass.forward(matrix([[1e200], [-1e200]]), "train")).toThrow(
    "batchNorm(1) expects a finite variance in every column, got Infinity",
  );
});

it("layerNorm() gives rows of mean 0 and variance 1", () => {
  const { pass } = benchOf(layerNorm(64, { epsilon: 0 }), 3, [64]);
  const r = random(1);
  const x = zeros(3, 64);
  for (let i = 0; i < x.data.length; i++) x.data[i] = 7 + 3 * r.normal();
  for (const row of toRows(pass.forward(x, "train") as Matrix)) {
    expect(row.reduce((a, b) => a + b) / 64).toBeCloseTo(0, 12);
    expect(row.reduce((a, b) => a + b * b, 0) / 64).toBeCloseTo(1, 12);
  }
});

it("mapGradient() is the identity forward, and maps what passes backward", () => {
  const given: number[][] = [];
  const reverse = mapGradient((g) => {
    given.push([...g.data]);
    g.data.forEach((v, i) => {
      g.data[i] = -2 * v;
    });
    return g;
  });
  const { pass } = benchOf(reverse, 1, [2]);
  const x = matrix([[3, 4]]);
  expect(pass.forward(x, "train")).toEqual(x);
  const dy = matrix([[1, -1]]);
  expect((pass.backward(dy, false) as Matrix).data).toEqual(Float64Array.of(-2, 2));
  expect([...dy.data]).toEqual([1, -1]); // it got a copy
  expect(given).toEqual([[1, -1]]);
});

it("mapGradient() that returns another shape is a fault of the program", () => {
  const { pass } = benchOf(
    mapGradient(() => zeros(1, 3)),
    1,
    [2],
  );
  pass.forward(ones(1, 2), "train");
  const attempt = () => pass.backward(ones(1, 2), false);
  expect(attempt).toThrow("mapGradient() expects 1 × 2, got 1 × 3");
  expect(attempt).toThrow(expect.toSatisfy((error) => !isInvalidInput(error)));
});

it("mapGradient() prints the name of its function", () => {
  const half = (g: Matrix) => g;
  expect(mapGradient(half).source).toBe("mapGradient(half)");
  expect([(g: Matrix) => g].map(mapGradient)[0]!.source).toBe("mapGradient(…)");
});

const scale = (broken: { y?: Matrix; dx?: Matrix; ds?: Matrix } = {}) =>
  layer({
    name: "scale(2)",
    parameters: { s: { rows: 1, cols: 2, init: constant(3) } },
    inputs: 2,
    forward: (x, { s }) => ({
      y: broken.y ?? matrix(toRows(x).map((row) => row.map((v, j) => v * s.data[j]!))),
      backward: (dy) => ({
        dx: broken.dx ?? matrix(toRows(dy).map((row) => row.map((v, j) => v * s.data[j]!))),
        ds:
          broken.ds ??
          matrix([
            [0, 1].map((j) => toRows(x).reduce((sum, row, i) => sum + row[j]! * dy.data[i * 2 + j]!, 0)),
          ]),
      }),
    }),
  });

it("layer() makes a layer of two functions and its shapes", () => {
  const { own, pass } = benchOf(scale(), 2, [2]);
  expect(
    toRows(
      pass.forward(
        matrix([
          [1, 2],
          [3, 4],
        ]),
        "train",
      ) as Matrix,
    ),
  ).toEqual([
    [3, 6],
    [9, 12],
  ]);
  expect(toRows(pass.backward(ones(2, 2), false) as Matrix)).toEqual([
    [3, 3],
    [3, 3],
  ]);
  expect(toRows(own.parameters.s!.grad)).toEqual([[4, 6]]);
  pass.backward(ones(2, 2), true);
  expect(toRows(own.parameters.s!.grad)).toEqual([[8, 12]]);
});

it.each([
  [{ y: zeros(2, 3) }, "scale(2) expects 2 × 2 for y, got 2 × 3"],
  [{ dx: zeros(1, 2) }, "scale(2) expects 2 × 2 for dx, got 1 × 2"],
  [{ ds: zeros(2, 1) }, "scale(2) expects 1 × 2 for ds, got 2 × 1"],
])("layer() names itself when its functions return wrong shapes", (broken, message) => {
  for (const accumulate of [false, true]) {
    const { pass } = benchOf(scale(broken), 2, [2]);
    const attempt = () => {
      pass.forward(ones(2, 2), "train");
      pass.backward(ones(2, 2), accumulate);
    };
    expect(attempt).toThrow(expect.objectContaining({ message }));
    expect(attempt).toThrow(expect.toSatisfy((error) => !isInvalidInput(error)));
  }
});

it("layer() says which gradient its backward function left out", () => {
  const forgetful = layer({
    name: "forgetful()",
    parameters: { s: { rows: 1, cols: 1, init: constant(1) } },
    forward: (x) => ({ y: x, backward: (dy) => ({ dx: dy }) as never }),
  });
  const { pass } = benchOf(forgetful, 1, [1]);
  pass.forward(ones(1, 1), "train");
  expect(() => pass.backward(ones(1, 1), false)).toThrow("forgetful() expects ds from backward, got nothing");
});

it("layer() refuses widths other than its own, and says its width when asked", () => {
  expect(() => scale().widths([3])).toThrow("scale(2) expects 2 columns, got 3");
  expect(scale().widths([undefined])).toEqual([2]);
  expect(
    layer({ name: "any()", forward: (x) => ({ y: x, backward: (dx) => ({ dx }) }) }).widths([7]),
  ).toEqual([7]);
});

it("layer() hands a view of live parameters: writing a weight changes the next answer", () => {
  const m = model(scale());
  expect(toRows(m.predict(matrix([[1, 1]])))).toEqual([[3, 3]]);
  m.parameters[0]!.value.data[1] = 5;
  expect(toRows(m.predict(matrix([[1, 1]])))).toEqual([[3, 5]]);
});

it("concatenate() puts its inputs side by side and deals the gradient out", () => {
  const { pass } = benchOf(concatenate(), 2, [1, 2]);
  expect(
    toRows(
      pass.forward(
        [
          matrix([[1], [2]]),
          matrix([
            [3, 4],
            [5, 6],
          ]),
        ],
        "train",
      ) as Matrix,
    ),
  ).toEqual([
    [1, 3, 4],
    [2, 5, 6],
  ]);
  const [a, b] = pass.backward(
    matrix([
      [1, 2, 3],
      [4, 5, 6],
    ]),
    false,
  ) as readonly Matrix[];
  expect([toRows(a!), toRows(b!)]).toEqual([
    [[1], [4]],
    [
      [2, 3],
      [5, 6],
    ],
  ]);
});

it("multiply() has a gradient where a factor is zero", () => {
  const { pass } = benchOf(multiply(), 1, [1, 1, 1]);
  pass.forward([matrix([[0]]), matrix([[2]]), matrix([[3]])], "train");
  expect((pass.backward(ones(1, 1), false) as readonly Matrix[]).map((m) => m.data[0])).toEqual([6, 0, 0]);
});

it("columns() gives the block from … to − 1, and zeros around it on the way back", () => {
  const { pass } = benchOf(columns(1, 3), 1, [4]);
  expect(toRows(pass.forward(matrix([[1, 2, 3, 4]]), "train") as Matrix)).toEqual([[2, 3]]);
  expect(toRows(pass.backward(matrix([[5, 6]]), false) as Matrix)).toEqual([[0, 5, 6, 0]]);
});

it("dense() starts b at zero and W within the bounds of glorotUniform()", () => {
  const m = model(dense(30, 20), { seed: 3 });
  const [W, b] = m.parameters;
  const bound = Math.sqrt(6 / 50);
  expect(Math.max(...W!.value.data.map(Math.abs))).toBeLessThanOrEqual(bound);
  expect(Math.max(...W!.value.data.map(Math.abs))).toBeGreaterThan(0.98 * bound);
  expect(b!.value.data.every((v) => v === 0)).toBe(true);
});

it("dense() computes no gradient of the input when nobody wants it", () => {
  const { pass } = benchOf(dense(3, 2), 4, [3], { wantsInputGrad: false });
  pass.forward(ones(4, 3), "train");
  expect((pass.backward(ones(4, 2), false) as Matrix).rows).toBe(0);
});

it("dense() takes dropout as an activation, with all it means", () => {
  const wet = dense(2, 2, { activation: dropout(0.5) });
  expect(wet.modal).toBe(true);
  const m = model(wet);
  expect(m.predict(ones(1, 2)).data.every((v) => v !== 0)).toBe(true);
});

it("named() gives a layer a name of your own, and weights of its own", () => {
  const one = relu();
  expect(named("gate", one)).toMatchObject({ label: "gate", source: "relu()" });
  const m = model(named("head", dense(1, 1)));
  expect(m.parameters.map(({ name }) => name)).toEqual(["head.W", "head.b"]);
});
