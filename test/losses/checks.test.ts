import { expect, test } from "vitest";
import { binaryCrossentropy } from "../../src/losses/binaryCrossentropy.ts";
import { categoricalCrossentropy } from "../../src/losses/categoricalCrossentropy.ts";
import { focal } from "../../src/losses/focal.ts";
import { hinge } from "../../src/losses/hinge.ts";
import { huber } from "../../src/losses/huber.ts";
import { defineLoss, type Loss } from "../../src/losses/loss.ts";
import { meanAbsoluteError } from "../../src/losses/meanAbsoluteError.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { pinball } from "../../src/losses/pinball.ts";
import { poisson } from "../../src/losses/poisson.ts";
import { matrix } from "../../src/math/matrix.ts";

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const categorical = categoricalCrossentropy();
const named = categorical.source;

const refused: [loss: Loss, target: number[][], width: number, message: string][] = [
  [
    meanSquaredError(),
    [[1], [nan]],
    1,
    "meanSquaredError() expects targets that are finite, got NaN in row 1",
  ],
  [
    meanAbsoluteError(),
    [
      [1, 2],
      [1, infinity],
    ],
    2,
    "meanAbsoluteError() expects targets that are finite, got Infinity in row 1",
  ],
  [huber(), [[1, 2]], 1, "huber({ delta: 1 }) expects targets of 1 columns, got 1 × 2"],
  [
    poisson(),
    [[0], [-1]],
    1,
    "poisson({ logInput: true }) expects targets that are at least 0, got -1 in row 1",
  ],
  [hinge(), [[0.5]], 1, "hinge() expects targets that are -1 or 1 (or 0, for -1), got 0.5 in row 0"],
  [
    binaryCrossentropy(),
    [[0, 1.5]],
    2,
    "binaryCrossentropy({ fromLogits: false, labelSmoothing: 0 }) expects targets that are from 0 to 1, got 1.5 in row 0",
  ],
  [categorical, [[0], [3]], 3, `${named} expects class indices from 0 to 2, got 3 in row 1`],
  [categorical, [[0.5]], 3, `${named} expects class indices from 0 to 2, got 0.5 in row 0`],
  [categorical, [[-1]], 3, `${named} expects class indices from 0 to 2, got -1 in row 0`],
  [categorical, [[1, 1, 0]], 3, `${named} expects rows of targets that sum to 1, got 2 in row 0`],
  [categorical, [[2, -1, 0]], 3, `${named} expects targets that are at least 0, got -1 in row 0`],
  [categorical, [[1, 0]], 3, `${named} expects targets of 3 columns, or of 1 with class indices, got 1 × 2`],
  [
    categorical,
    [[0]],
    1,
    `${named} expects predictions of at least 2 columns, one a class (binaryCrossentropy() takes 1), got 1`,
  ],
  [
    focal(),
    [[0.5]],
    1,
    "focal({ gamma: 2, fromLogits: false }) expects targets that are 0 or 1, got 0.5 in row 0",
  ],
  [focal(), [[0, 1]], 1, "focal({ gamma: 2, fromLogits: false }) expects targets of 1 columns, got 1 × 2"],
  [
    focal(),
    [[4]],
    4,
    "focal({ gamma: 2, fromLogits: false }) expects class indices from 0 to 3, got 4 in row 0",
  ],
  [
    focal({ alpha: 0.25 }),
    [[1]],
    3,
    "focal({ gamma: 2, alpha: 0.25, fromLogits: false }) expects an array of 3 numbers as alpha, one a class, got 0.25",
  ],
  [
    focal({ alpha: [1, 2] }),
    [[1]],
    3,
    "focal({ gamma: 2, alpha: [1, 2], fromLogits: false }) expects an array of 3 numbers as alpha, one a class, got 2",
  ],
  [
    focal({ alpha: [1, 2] }),
    [[1]],
    1,
    "focal({ gamma: 2, alpha: [1, 2], fromLogits: false }) expects a number as alpha for predictions of 1 column, got an array of 2",
  ],
];

test.each(refused.map((row) => [row[3], row] as const))(
  "check() refuses: %s",
  (message, [loss, target, width]) => {
    expect(() => loss.check(matrix(target), width)).toThrow(
      expect.objectContaining({ name: "InvalidInputError", message }),
    );
  },
);

const misbuilt: [build: () => Loss, message: string][] = [
  [() => huber({ delta: 0 }), "huber({ delta: 0 }) expects a number above 0 as delta, got 0"],
  [() => huber({ delta: nan }), "huber({ delta: NaN }) expects a number above 0 as delta, got NaN"],
  [() => pinball(1), "pinball(1) expects a number between 0 and 1 as q, got 1"],
  [() => pinball(nan), "pinball(NaN) expects a number between 0 and 1 as q, got NaN"],
  [
    () => binaryCrossentropy({ labelSmoothing: 1.5 }),
    "binaryCrossentropy({ fromLogits: false, labelSmoothing: 1.5 }) expects a number from 0 to 1 as labelSmoothing, got 1.5",
  ],
  [
    () => categoricalCrossentropy({ labelSmoothing: -1 }),
    "categoricalCrossentropy({ fromLogits: false, labelSmoothing: -1 }) expects a number from 0 to 1 as labelSmoothing, got -1",
  ],
  [
    () => focal({ gamma: -1 }),
    "focal({ gamma: -1, fromLogits: false }) expects a number of at least 0 as gamma, got -1",
  ],
  [
    () => focal({ alpha: 2 }),
    "focal({ gamma: 2, alpha: 2, fromLogits: false }) expects a number from 0 to 1 as alpha, got 2",
  ],
  [
    () => focal({ alpha: [1, -2] }),
    "focal({ gamma: 2, alpha: [1, -2], fromLogits: false }) expects a number of at least 0 as alpha, got -2",
  ],
];

test.each(misbuilt.map(([build, message]) => [message, build] as const))(
  "a loss is not built: %s",
  (message, build) => {
    expect(build).toThrow(expect.objectContaining({ name: "InvalidInputError", message }));
  },
);

test("categoricalCrossentropy() accepts soft rows whose sum has rounding in it", () => {
  const third = Math.fround(1 / 3);
  expect(() => categorical.check(matrix([[third, third, third]]), 3)).not.toThrow();
});

test("categoricalCrossentropy() says the same of class indices as of one-hot rows", () => {
  const p = matrix([
    [0.2, 0.5, 0.3],
    [0.1, 0.1, 0.8],
  ]);
  const hot = matrix([
    [0, 1, 0],
    [1, 0, 0],
  ]);
  expect(categorical(p, matrix([[1], [0]]))).toEqual(categorical(p, hot));
});

test("hinge() takes 0 for −1", () => {
  const p = matrix([[0.5], [-2]]);
  expect(hinge()(p, matrix([[0], [0]]))).toEqual(hinge()(p, matrix([[-1], [-1]])));
});

test("meanAbsoluteError(), pinball() and hinge() have gradient 0 at their kinks", () => {
  for (const loss of [meanAbsoluteError(), pinball(0.9), hinge()])
    expect(loss(matrix([[1]]), matrix([[1]])).grad.data[0]).toBeCloseTo(0, 15);
});

test("pinball() is least at the quantile of the targets", () => {
  const targets = Array.from({ length: 101 }, (_, i) => [i]);
  const at = (p: number) => pinball(0.9)(matrix(targets.map(() => [p])), matrix(targets)).value;
  const best = targets.map(([p]) => at(p!)).reduce((least, v, i, all) => (v < all[least]! ? i : least), 0);
  expect(best).toBe(90);
});

test("defineLoss() wants targets as wide as predictions unless told otherwise", () => {
  const mine = defineLoss({ source: "mine()", row: () => 0 });
  expect(() => mine.check(matrix([[1, 2]]), 3)).toThrow("mine() expects targets of 3 columns, got 1 × 2");
});
