import { knownOptions, whole } from "../math/invalid.ts";
import { type Matrix, zeros } from "../math/matrix.ts";
import { type ConfusionState, confusionCells } from "./confusionCells.ts";
import type { FadableFold } from "./fadable.ts";
import type { MergeableFold } from "./mergeable.ts";
import type { Scored } from "./scored.ts";

/** Which classes were taken for which. Lists have one number a class; NaN where there is nothing to divide by. */
export interface Confusion {
  /** classes × classes: row the true class, column the predicted one; each cell the weight of such rows. */
  readonly matrix: Matrix;
  /** Of what was predicted as this class, the share that was. */
  readonly precision: readonly number[];
  /** Of what was this class, the share that was predicted. */
  readonly recall: readonly number[];
  /** The harmonic mean of the two: 2·TP / (2·TP + FP + FN). */
  readonly f1: readonly number[];
}

const actor = "confusionMatrix()";

/**
 * The confusion matrix, with precision, recall and F1 of each class. Classes are told as by {@link accuracy}; how many
 * there are is known from the first prediction, or from `classes`, so that a reading has its size before any item.
 */
export const confusionMatrix = (
  options: { classes?: number; threshold?: number } = {},
): MergeableFold<Scored, Confusion, ConfusionState> & FadableFold<Scored, Confusion, ConfusionState> => {
  knownOptions(actor, options, ["classes", "threshold"]);
  const { classes = 0, threshold = 0.5 } = options;
  whole(actor, "classes", classes, 0);
  return {
    ...confusionCells(actor, threshold, classes),
    read: ({ classes: n, cells }) => {
      const matrix = zeros(n, n);
      matrix.data.set(cells);
      const each = Array.from({ length: n }, (_, k) => k);
      const right = each.map((k) => cells[k * n + k]!);
      const actual = each.map((k) => each.reduce((sum, j) => sum + cells[k * n + j]!, 0));
      const predicted = each.map((k) => each.reduce((sum, j) => sum + cells[j * n + k]!, 0));
      return {
        matrix,
        precision: each.map((k) => right[k]! / predicted[k]!),
        recall: each.map((k) => right[k]! / actual[k]!),
        f1: each.map((k) => (2 * right[k]!) / (predicted[k]! + actual[k]!)),
      };
    },
  };
};
