import { binaryCrossentropy } from "../../src/losses/binaryCrossentropy.ts";
import { categoricalCrossentropy } from "../../src/losses/categoricalCrossentropy.ts";
import { darkExperience } from "../../src/losses/darkExperience.ts";
import { focal } from "../../src/losses/focal.ts";
import { hedged } from "../../src/losses/hedged.ts";
import { hinge } from "../../src/losses/hinge.ts";
import { huber } from "../../src/losses/huber.ts";
import { logCosh } from "../../src/losses/logCosh.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { meanAbsoluteError } from "../../src/losses/meanAbsoluteError.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { multitask } from "../../src/losses/multitask.ts";
import { pinball } from "../../src/losses/pinball.ts";
import { poisson } from "../../src/losses/poisson.ts";
import { type Matrix, matrix } from "../../src/math/matrix.ts";
import { type Random, random } from "../../src/math/random.ts";

/** A row of the given width. */
type Row = (r: Random, cols: number) => number[];

const each =
  (f: (r: Random) => number): Row =>
  (r, cols) =>
    Array.from({ length: cols }, () => f(r));

const real: Row = each((r) => 2 * r.normal());
const positive: Row = each((r) => 0.1 + 3 * r.uniform());
const probability: Row = each((r) => 0.02 + 0.96 * r.uniform());
const count: Row = each((r) => r.below(5));
const side: Row = each((r) => r.below(3) - 1);
const bit: Row = each((r) => r.below(2));
const index =
  (k: number): Row =>
  (r) => [r.below(k)];
const oneHot: Row = (r, cols) => {
  const k = r.below(cols);
  return Array.from({ length: cols }, (_, j) => (j === k ? 1 : 0));
};
const distribution: Row = (r, cols) => {
  const parts = Array.from({ length: cols }, () => 0.05 + r.uniform());
  const sum = parts.reduce((a, b) => a + b);
  return parts.map((part) => part / sum);
};
const both =
  (first: Row, cols: number, second: Row): Row =>
  (r, width) => [...first(r, cols), ...second(r, width - cols)];

const real3: Row = (r) => real(r, 3);

/** A label, logits, and whether they count: what replay makes of a target. */
const marked =
  (label: Row, cols: number): Row =>
  (r, width) => [...label(r, cols), ...real(r, width), r.below(2)];

/** A loss, the width of its predictions, and what predictions and targets look like. */
export type Member = readonly [loss: Loss, cols: number, prediction: Row, target: Row];

const logits = { fromLogits: true };

/** Every loss; to add one is to add a line. */
export const members: readonly Member[] = [
  [meanSquaredError(), 3, real, real],
  [meanAbsoluteError(), 3, real, real],
  [huber(), 3, real, real],
  [huber({ delta: 0.3 }), 1, real, real],
  [logCosh(), 3, real, real],
  [pinball(0.9), 3, real, real],
  [pinball(0.25), 1, real, real],
  [poisson(), 3, real, count],
  [poisson({ logInput: false }), 3, positive, count],
  [hinge(), 3, real, side],
  [binaryCrossentropy(), 3, probability, bit],
  [binaryCrossentropy({ labelSmoothing: 0.2 }), 1, probability, probability],
  [binaryCrossentropy(logits), 3, real, bit],
  [binaryCrossentropy({ fromLogits: true, labelSmoothing: 0.1 }), 3, real, probability],
  [categoricalCrossentropy(), 4, distribution, oneHot],
  [categoricalCrossentropy({ labelSmoothing: 0.1 }), 4, distribution, index(4)],
  [categoricalCrossentropy(logits), 4, real, index(4)],
  [categoricalCrossentropy({ fromLogits: true, labelSmoothing: 0.1 }), 4, real, distribution],
  [focal(), 1, probability, bit],
  [focal({ gamma: 0.5, alpha: 0.25 }), 1, probability, bit],
  [focal({ gamma: 2, alpha: 0.25, fromLogits: true }), 1, real, bit],
  [focal(), 4, distribution, oneHot],
  [focal({ gamma: 3, alpha: [1, 2, 0.5, 0] }), 4, distribution, index(4)],
  [focal(logits), 4, real, oneHot],
  [focal({ gamma: 0.5, alpha: [1, 2, 0.5, 0], fromLogits: true }), 4, real, distribution],
  [
    multitask(
      { loss: meanSquaredError(), outputs: 2, weight: 0.5 },
      { loss: categoricalCrossentropy(logits), outputs: 3, targets: 1 },
    ),
    5,
    real,
    both(real, 2, index(3)),
  ],
  [hedged(meanSquaredError(), { heads: 2, outputs: 3 }), 8, both(real, 6, distribution), real3],
  [
    hedged(categoricalCrossentropy(logits), { heads: 3, outputs: 2 }),
    9,
    both(real, 6, distribution),
    index(2),
  ],
  [darkExperience(categoricalCrossentropy(logits)), 4, real, marked(index(4), 1)],
  [darkExperience(meanSquaredError(), { alpha: 0.2, beta: 2 }), 2, real, marked(real, 2)],
  [darkExperience(huber(), { alpha: 2, beta: 0 }), 3, real, real],
];

/** Predictions and targets of a member; the same seed gives the same. */
export const batchOf = ([, cols, prediction, target]: Member, rows: number, seed = 1): [Matrix, Matrix] => {
  const r = random(seed);
  const make = (row: Row) => matrix(Array.from({ length: rows }, () => row(r, cols)));
  return [make(prediction), make(target)];
};
