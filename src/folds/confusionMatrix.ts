import { finite, invalid, whole } from "../math/invalid.ts";
import { type Matrix, zeros } from "../math/matrix.ts";
import { actualClass, classCount, predictedClass, sameClasses } from "./classes.ts";
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

export interface ConfusionState {
  classes: number;
  /** Row-major, as the matrix. */
  cells: number[];
}

const actor = "confusionMatrix()";

/**
 * The confusion matrix, with precision, recall and F1 of each class. Classes are told as by {@link accuracy}; how many
 * there are is known from the first prediction, or from `classes`, so that a reading has its size before any item.
 */
export const confusionMatrix = ({
  classes = 0,
  threshold = 0.5,
}: {
  classes?: number;
  threshold?: number;
} = {}): MergeableFold<Scored, Confusion, ConfusionState> &
  FadableFold<Scored, Confusion, ConfusionState> => {
  whole(actor, "classes", classes, 0);
  finite(actor, "threshold", threshold);
  const empty = (n: number): ConfusionState => ({ classes: n, cells: Array<number>(n * n).fill(0) });
  const fitting = (state: ConfusionState, n: number): ConfusionState => {
    if (state.classes === 0) return empty(n);
    if (state.classes !== n) throw invalid(actor, `${state.classes} classes`, String(n));
    return state;
  };
  return {
    init: () => empty(classes),
    step: (before, scored) => {
      sameClasses(actor, scored);
      const state = fitting(before, classCount(scored));
      for (let i = 0; i < scored.prediction.rows; i++) {
        const cell = actualClass(actor, scored, i) * state.classes + predictedClass(scored, i, threshold);
        state.cells[cell]! += scored.weight ? scored.weight.data[i]! : 1;
      }
      return state;
    },
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
    merge: (a, b) => {
      if (a.classes === 0 || b.classes === 0) return structuredClone(a.classes === 0 ? b : a);
      const { cells } = fitting(b, a.classes);
      return { classes: a.classes, cells: a.cells.map((cell, k) => cell + cells[k]!) };
    },
    fade: ({ classes: n, cells }, alpha) => ({ classes: n, cells: cells.map((cell) => cell * alpha) }),
  };
};
