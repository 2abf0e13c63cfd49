import { expect, test } from "vitest";
import { outcomesOf } from "../../src/dashboard/outcomesOf.ts";
import { matrix } from "../../src/math/matrix.ts";

test("outcomesOf() pairs numbers with their labels, by the first column", () => {
  expect(outcomesOf({ prediction: matrix([[1], [2]]), target: matrix([[3], [4]]) })).toEqual({
    pairs: [
      [3, 1],
      [4, 2],
    ],
  });
  expect(outcomesOf({ prediction: matrix([[1, 9]]), target: matrix([[3, 8]]) })).toEqual({ pairs: [[3, 1]] });
});

test("outcomesOf() names classes by their index, one-hot or not", () => {
  const prediction = matrix([
    [0.1, 0.7, 0.2],
    [0.5, 0.3, 0.2],
  ]);
  const expected = {
    classes: 3,
    pairs: [
      [2, 1],
      [0, 0],
    ],
  };
  expect(
    outcomesOf({
      prediction,
      target: matrix([
        [0, 0, 1],
        [1, 0, 0],
      ]),
    }),
  ).toEqual(expected);
  expect(outcomesOf({ prediction, target: matrix([[2], [0]]) })).toEqual(expected);
});

test("outcomesOf() leaves out what is not finite, and shows some of many rows", () => {
  expect(outcomesOf({ prediction: matrix([[Number.NaN]]), target: matrix([[1]]) })).toEqual({ pairs: [] });
  const many = matrix(Array.from({ length: 1000 }, (_, i) => [i]));
  expect(outcomesOf({ prediction: many, target: many })?.pairs).toHaveLength(64);
});

test("outcomesOf() finds nothing in a step without predictions", () => {
  for (const step of [{ loss: 1 }, null, 3, { prediction: "a", target: "b" }])
    expect(outcomesOf(step)).toBeUndefined();
});
