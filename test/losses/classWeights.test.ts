import { expect, test } from "vitest";
import { weighClasses } from "../../src/losses/classWeights.ts";
import { isInvalidInput } from "../../src/math/invalid.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";

const column = (...values: number[]) => matrix(values.map((v) => [v]));
const hot = matrix([
  [0, 1, 0],
  [1, 0, 0],
  [0.2, 0.2, 0.6],
]);

test("weighClasses() finds the class of one-hot rows, of indices and of a binary column", () => {
  expect(toRows(weighClasses([1, 2, 3], hot, undefined))).toEqual([[2], [1], [3]]);
  expect(toRows(weighClasses([1, 2, 3], column(2, 0, 1), undefined))).toEqual([[3], [1], [2]]);
  expect(toRows(weighClasses({ 0: 1, 1: 10 }, column(0, 1), undefined))).toEqual([[1], [10]]);
});

test("weighClasses() looks at so many of the first columns only as it is told", () => {
  const withAnswers = matrix([
    [1, 5, -3, 1],
    [0, -5, 3, 1],
  ]);
  expect(toRows(weighClasses([1, 10], withAnswers, undefined, 1))).toEqual([[10], [1]]);
  expect(toRows(weighClasses([1, 10], withAnswers, column(2, 3), 1))).toEqual([[20], [3]]);
});

test("weighClasses() takes −1 for class 0, as hinge() has it", () => {
  expect(toRows(weighClasses([5, 7], column(-1, 1), undefined))).toEqual([[5], [7]]);
});

test("weighClasses() multiplies the weights of the rows, and does not write to them", () => {
  const weight = column(0.5, 2, 0);
  expect(toRows(weighClasses([1, 2, 3], hot, weight))).toEqual([[1], [2], [0]]);
  expect(toRows(weight)).toEqual([[0.5], [2], [0]]);
});

test("weighClasses() counts a class that a record leaves out as 1, and refuses one beyond an array", () => {
  expect(toRows(weighClasses({ 1: 4 }, column(0, 1, 9), undefined))).toEqual([[1], [4], [1]]);
  expect(() => weighClasses([1, 4], column(0, 2), undefined)).toThrow(
    "classWeight expects a weight for class 2, got 2 weights",
  );
});

test("weighClasses() refuses bad weights and targets that are no classes", () => {
  expect(() => weighClasses([1, -1], column(1), undefined)).toThrow(
    "classWeight expects a number of at least 0 as weight of class 1, got -1",
  );
  expect(() => weighClasses({ 0: Number.NaN }, column(0), undefined)).toThrow("got NaN");
  expect(() => weighClasses([1, 1], column(0, 0.5), undefined)).toThrow(
    "classWeight expects targets that are classes, got 0.5 in row 1",
  );
  expect(() => weighClasses([1, 1], column(0, 1), column(1))).toThrow(
    "classWeight expects 2 × 1 weights, got 1 × 1",
  );
});

test("weighClasses() blames the configuration for a weight that is missing or negative, and the batch for the rest", () => {
  const isBatchToBlame = (attempt: () => unknown): boolean => {
    try {
      attempt();
    } catch (error) {
      return isInvalidInput(error);
    }
    throw new Error("nothing was refused");
  };
  expect(isBatchToBlame(() => weighClasses([1, 4], column(0, 2), undefined))).toBe(false);
  expect(isBatchToBlame(() => weighClasses([1, -1], column(1), undefined))).toBe(false);
  expect(isBatchToBlame(() => weighClasses([1, 1], column(0.5), undefined))).toBe(true);
});
