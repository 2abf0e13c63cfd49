import { expect, test } from "vitest";
import { type ClassBalance, classBalance } from "../../src/folds/classBalance.ts";
import { fading } from "../../src/folds/fading.ts";
import { readingOf } from "../../src/folds/readingOf.ts";
import { type Matrix, matrix } from "../../src/math/matrix.ts";

const column = (...values: number[]): Matrix => matrix(values.map((v) => [v]));
const weightsOf = (items: readonly (number | Matrix)[], options = {}): ClassBalance["weights"] =>
  readingOf(classBalance(options), items).weights;

test("classBalance() weighs classes as scikit-learn does", () => {
  // compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 0, 1, 2, 2]) = [7/12, 7/3, 7/6]
  expect(weightsOf([0, 0, 0, 0, 1, 2, 2])).toEqual({ 0: 7 / 12, 1: 7 / 3, 2: 7 / 6 });
});

test("classBalance() makes all classes weigh the same, and all rows together what they did", () => {
  const { count, counts, weights } = readingOf(classBalance(), [column(...[5, 5, 5, 1, 1, 0, 5, 5])]);
  const sums = Object.keys(counts).map((c) => counts[Number(c)]! * weights[Number(c)]!);
  for (const sum of sums) expect(sum).toBeCloseTo(8 / 3, 12);
  expect(count).toBe(8);
});

test("classBalance() takes indices, 0 and 1, ±1 and one-hot rows", () => {
  const expected = { 0: 3 / 4, 1: 3 / 2 };
  expect(weightsOf([column(0, 1, 0)])).toEqual(expected);
  expect(weightsOf([column(-1, 1), column(-1)])).toEqual(expected);
  expect(
    weightsOf([
      matrix([
        [1, 0],
        [0.1, 0.9],
        [1, 0],
      ]),
    ]),
  ).toEqual(expected);
});

test("classBalance() bounds its weights by max", () => {
  expect(weightsOf([column(...new Array(99).fill(0), 1)], { max: 10 })).toEqual({ 0: 100 / 198, 1: 10 });
});

test("classBalance() with forgetting follows shares that change, and stays finite where a class has gone", () => {
  const turned = [...new Array<number>(900).fill(0), ...new Array<number>(100).fill(1)];
  const { weights } = readingOf(classBalance({ forgetting: { halfLife: 20 } }), turned);
  expect(weights[1]!).toBeLessThan(weights[0]!);
  const gone = [1, ...new Array<number>(100_000).fill(0)];
  const after = readingOf(classBalance({ forgetting: 0.1 }), gone).weights;
  expect(after[1]).toBeCloseTo(10 / 2, 9); // of 1 / α rows that are left, one
});

test("classBalance() forgets by rows, whatever the batches", () => {
  const forgetting = { halfLife: 3 };
  const rows = [0, 1, 1, 0, 2, 0];
  const one = readingOf(classBalance({ forgetting }), rows);
  const batches = readingOf(classBalance({ forgetting }), [column(0, 1, 1, 0), column(2, 0)]);
  expect(batches).toEqual(one);
  expect(readingOf(fading(0.5, classBalance()), [0, 1]).counts).toEqual({ 0: 0.5, 1: 1 });
});

test("classBalance() refuses bad options and what is no class, before anything is counted", () => {
  expect(() => classBalance({ max: 0 })).toThrow(
    "classBalance() expects a number of at least 5e-324 as max, got 0",
  );
  expect(() => classBalance({ forgetting: 2 })).toThrow("classBalance() expects");
  expect(() => classBalance({ decay: 0.9 } as never)).toThrow(
    "classBalance() expects options named forgetting, max, got decay",
  );
  const fold = classBalance();
  const state = fold.init();
  expect(() => fold.step(state, column(1, 0.5))).toThrow(
    "classBalance() expects targets that are classes, got 0.5 in row 1",
  );
  expect(state).toEqual(fold.init());
});
