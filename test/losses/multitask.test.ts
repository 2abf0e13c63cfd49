import { expect, test } from "vitest";
import { binaryCrossentropy } from "../../src/losses/binaryCrossentropy.ts";
import { categoricalCrossentropy } from "../../src/losses/categoricalCrossentropy.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { multitask } from "../../src/losses/multitask.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";

const logits = { fromLogits: true };
const classes = categoricalCrossentropy(logits);
const loss = multitask(
  { loss: meanSquaredError(), outputs: 1, weight: 0.5 },
  { loss: classes, outputs: 3, targets: 1 },
);
const p = matrix([
  [1, 0, 1, 2],
  [3, -1, 0, 0.5],
]);
const t = matrix([
  [2, 0],
  [2, 2],
]);
const w = matrix([[1], [4]]);

test("multitask() is the weighted sum of its losses, each on its own columns", () => {
  const first = meanSquaredError()(matrix([[1], [3]]), matrix([[2], [2]]), w);
  const second = classes(
    matrix([
      [0, 1, 2],
      [-1, 0, 0.5],
    ]),
    matrix([[0], [2]]),
    w,
  );
  const { value, grad } = loss(p, t, w);
  expect(value).toBeCloseTo(0.5 * first.value + second.value, 14);
  const rows = toRows(grad);
  expect(rows.map((row) => row.slice(1))).toEqual(toRows(second.grad));
  expect(rows.map(([g]) => g)).toEqual(toRows(first.grad).map(([g]) => 0.5 * g!));
});

test("multitask() with one task is that task", () => {
  const one = multitask({ loss: classes, outputs: 3 });
  const [x, y] = [matrix([[1, 2, 3]]), matrix([[0, 0, 1]])];
  expect(one(x, y)).toEqual(classes(x, y));
});

test("multitask() lets each task refuse its own targets", () => {
  expect(() => loss.check(t, 4)).not.toThrow();
  expect(() =>
    loss.check(
      matrix([
        [2, 0],
        [2, 3],
      ]),
      4,
    ),
  ).toThrow(`${classes.source} expects class indices from 0 to 2, got 3 in row 1`);
});

test("multitask() refuses widths that its tasks do not add up to", () => {
  expect(() => loss.check(t, 5)).toThrow(`${loss.source} expects predictions of 4 columns, got 5`);
  expect(() => loss.check(matrix([[1, 2, 3]]), 4)).toThrow(
    `${loss.source} expects targets of 2 columns, got 1 × 3`,
  );
  expect(() => loss(p, p)).toThrow(`${loss.source} expects targets of 2 columns, got 2 × 4`);
});

test("multitask() refuses to be built of nothing, of empty blocks, or with negative weights", () => {
  const task = { loss: binaryCrossentropy(), outputs: 1 };
  expect(() => multitask()).toThrow("multitask() expects at least 1 task, got 0");
  expect(() => multitask({ ...task, outputs: 0 })).toThrow(
    "expects a whole number of at least 1 as outputs, got 0",
  );
  expect(() => multitask({ ...task, targets: 1.5 })).toThrow("as targets, got 1.5");
  expect(() => multitask({ ...task, weight: -1 })).toThrow(
    "expects a number of at least 0 as weight, got -1",
  );
});
