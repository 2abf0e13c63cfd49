import { expect, test } from "vitest";
import { accuracy } from "../../src/folds/accuracy.ts";
import { confusionMatrix } from "../../src/folds/confusionMatrix.ts";
import { exponentialMean } from "../../src/folds/exponentialMean.ts";
import { logLoss } from "../../src/folds/logLoss.ts";
import { mae } from "../../src/folds/mae.ts";
import { r2 } from "../../src/folds/r2.ts";
import { rmse } from "../../src/folds/rmse.ts";
import { rolling } from "../../src/folds/rolling.ts";
import type { Scored } from "../../src/folds/scored.ts";
import type { Fold } from "../../src/math/fold.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";

const read = <Reading, State>(
  f: Fold<Scored, Reading, State>,
  prediction: number[][],
  target: number[][],
  weight?: number[][],
) =>
  f.read(
    f.step(f.init(), {
      prediction: matrix(prediction),
      target: matrix(target),
      ...(weight && { weight: matrix(weight) }),
    }),
  );

test("accuracy() is NaN before the first row, as every mean", () => {
  for (const f of [accuracy(), logLoss(), mae(), rmse()]) expect(f.read(f.init())).toBeNaN();
  expect(r2().read(r2().init())).toBeNaN();
});

test("accuracy() takes a threshold, for logits or a hinge", () => {
  expect(read(accuracy({ threshold: 0 }), [[-2], [0.1], [3]], [[-1], [1], [-1]])).toBeCloseTo(2 / 3);
  expect(read(accuracy(), [[0.5]], [[0]])).toBe(1);
});

test("accuracy() weighs rows", () => {
  expect(read(accuracy(), [[1], [1]], [[1], [0]], [[3], [1]])).toBe(0.75);
});

test("accuracy() refuses targets that do not fit", () => {
  const f = accuracy();
  expect(() => read(f, [[1, 0, 0]], [[1, 0]])).toThrow(
    "accuracy() expects targets of 1 × 3, or class indices",
  );
  expect(() => read(f, [[1, 0, 0]], [[3]])).toThrow(
    "accuracy() expects class indices from 0 to 2 as targets, got 3 in row 0",
  );
  expect(() => read(f, [[1], [1]], [[1]])).toThrow("accuracy() expects 2 rows of targets, got 1 × 1");
  expect(() => read(f, [[1]], [[1]], [[1, 1]])).toThrow("accuracy() expects weights of 1 × 1, got 1 × 2");
});

test("logLoss() is finite for a wrong certainty, and refuses what is no probability", () => {
  expect(read(logLoss(), [[0]], [[1]])).toBeCloseTo(-Math.log(1e-15));
  expect(() => read(logLoss(), [[0.5], [2.5]], [[1], [1]])).toThrow("got 2.5 in row 1");
  expect(() => read(logLoss(), [[Number.NaN]], [[1]])).toThrow("logLoss() expects probabilities");
});

test("logLoss() takes distributions for targets", () => {
  const expected = -(0.3 * Math.log(0.2) + 0.7 * Math.log(0.8));
  expect(read(logLoss(), [[0.2, 0.8]], [[0.3, 0.7]])).toBeCloseTo(expected, 12);
  expect(read(logLoss(), [[0.8]], [[0.7]])).toBeCloseTo(expected, 12);
});

test("logLoss() refuses targets that are no probabilities, such as those of a hinge", () => {
  for (const [prediction, target] of [
    [[[0.9]], [[-1]]],
    [[[0.9]], [[2]]],
    [[[0.9]], [[Number.NaN]]],
    [[[0.9, 0.1]], [[-1, 1]]],
  ] as const)
    expect(() => read(logLoss(), prediction as never, target as never)).toThrow(
      /^logLoss\(\) expects probabilities from 0 to 1/,
    );
});

test("r2() counts a column of equal targets 1 when met and 0 when not", () => {
  expect(read(r2(), [[5], [5]], [[5], [5]])).toBe(1);
  expect(read(r2(), [[5], [6]], [[5], [5]])).toBe(0);
  expect(read(r2(), [[1], [2]], [[1], [2]])).toBe(1);
});

test("confusionMatrix() has true classes in rows and predicted ones in columns", () => {
  const {
    matrix: cells,
    precision,
    recall,
    f1,
  } = read(confusionMatrix(), [[0.9], [0.8], [0.2]], [[1], [0], [0]]);
  expect(toRows(cells)).toEqual([
    [1, 1],
    [0, 1],
  ]);
  expect(precision).toEqual([1, 0.5]);
  expect(recall).toEqual([0.5, 1]);
  expect(f1).toEqual([2 / 3, 2 / 3]);
});

test("confusionMatrix() refuses another number of classes", () => {
  expect(() => read(confusionMatrix({ classes: 2 }), [[0, 0, 1]], [[1]])).toThrow(
    "confusionMatrix() expects 2 classes, got 3",
  );
});

test("mae() refuses targets of another shape", () => {
  expect(() => read(mae(), [[1, 2]], [[1]])).toThrow("mae() expects targets of 1 × 2, got 1 × 1");
});

test("exponentialMean() refuses a forgetting that is none", () => {
  expect(() => exponentialMean(0)).toThrow("exponentialMean() expects");
  expect(() => exponentialMean(1.5)).toThrow("as alpha, got 1.5");
  expect(() => exponentialMean({ halfLife: -1 })).toThrow("as halfLife, got -1");
});

test("rolling() keeps no more than its window", () => {
  for (const f of [rolling(5, mae()), rolling(5, exponentialMean(0.5))] as Fold<unknown, number>[]) {
    let state = f.init();
    const one = { prediction: matrix([[1]]), target: matrix([[2]]) };
    for (let i = 0; i < 1000; i++) state = f.step(state, one);
    expect(JSON.stringify(state).length).toBeLessThan(1500);
  }
  expect(() => rolling(0, mae())).toThrow("rolling() expects a whole number of at least 1 as n, got 0");
});
